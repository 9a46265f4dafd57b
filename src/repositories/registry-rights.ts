import {
  decideInRegistry,
  decideNowhere,
  isGranted,
  type Principal,
  type Reach,
  type Refused,
  type RegistryGrant,
  type RepositoryFacts,
  reachOf,
  registryActionsIn,
} from '#access';
import { findGrantedNamespace } from '#accounts';
import { type Clock, namespaceOf, type RegistryAction, type RepositoryName } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { Database } from '#platform/db';
import { findGrantedRepository } from './granted-repository-store.ts';
import { factsOf } from './require-repository.ts';

/** Who sends a request to the registry. */
export interface RegistryVisitor {
  readonly principal: Principal;
  /** All that the token is for that came with the request, if it is of the kind that says so. */
  readonly grants?: readonly RegistryGrant[];
}

export interface RegistryRequest {
  readonly name: RepositoryName;
  readonly action: RegistryAction;
}

/** Whether a request of the registry may go on. */
export type RegistryAuthorization =
  | { readonly outcome: 'granted'; readonly repositoryId: number }
  /** Nothing is there, as far as the principal may know. */
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'denied'; readonly message: string }
  /** Somebody else may: the client is to send a log-in, or a token that is for this. */
  | { readonly outcome: 'login-needed' | 'token-too-narrow'; readonly message: string };

/**
 * Rights for the registry's hot path. They are at most 4 seconds old, so that a change is felt
 * within 5 on every server; that something is missing is never remembered, so that what was made
 * through one server is found by the next.
 */
export interface RegistryRights {
  /** All that the principal may do with a name; nothing where it may not even see it, be it there or not. */
  actionsOf(principal: Principal, name: RepositoryName): Promise<readonly RegistryAction[]>;

  /** Decides a request. A push by who may make the repository makes it. */
  authorize(visitor: RegistryVisitor, request: RegistryRequest): Promise<RegistryAuthorization>;

  /** Drops what is remembered of a name that has changed. */
  forget(name: RepositoryName): void;
}

export interface RegistryRightsOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Makes the repository that is pushed to, or finds that the principal may not after all. */
  readonly makeForPush: (
    principal: Principal,
    name: RepositoryName,
  ) => Promise<RegistryAuthorization>;
}

const remembered = { capacity: 20_000, lifetimeMilliseconds: 4_000 };

export function createRegistryRights(options: RegistryRightsOptions): RegistryRights {
  const { database, clock } = options;
  const known = new BoundedCache<RepositoryFacts | undefined>({ ...remembered, clock });
  const factsFor = async (principal: Principal, name: RepositoryName) => {
    const reach = reachOf(principal);
    const key = `${prefixOf(name)}${reach.granteeId ?? ''}/${reach.builtRepositoryId ?? ''}`;
    const facts = await known.get(key, () => loadFacts(database, reach, name));
    if (facts?.repositoryId === undefined) known.forget(key);
    return facts;
  };

  return {
    async actionsOf(principal, name) {
      const facts = await factsFor(principal, name);
      return facts === undefined ? [] : registryActionsIn(principal, facts);
    },
    async authorize(visitor, request) {
      const facts = await factsFor(visitor.principal, request.name);
      return authorize(options, { ...visitor, ...request }, facts);
    },
    forget(name) {
      const prefix = prefixOf(name);
      known.forgetAll((key) => key.startsWith(prefix));
    },
  };
}

async function authorize(
  { makeForPush }: RegistryRightsOptions,
  { principal, grants, name, action }: RegistryVisitor & RegistryRequest,
  facts: RepositoryFacts | undefined,
): Promise<RegistryAuthorization> {
  if (facts === undefined) return refusalOf(decideNowhere(principal), { name, action });
  const decision = decideInRegistry(principal, action, facts);
  if (!decision.isAllowed) return refusalOf(decision, { name, action });
  if (grants !== undefined && !isGranted(grants, name, action)) {
    const message = `the token does not say that it may ${action} ${name}`;
    return { outcome: 'token-too-narrow', message };
  }
  const { repositoryId } = facts;
  if (repositoryId !== undefined) return { outcome: 'granted', repositoryId };
  return action === 'push' ? makeForPush(principal, name) : { outcome: 'unknown' };
}

/** What may not be seen and what is not there get the same answer, namespaces included. */
function refusalOf(
  { code, isVisible, because }: Refused,
  { name, action }: RegistryRequest,
): RegistryAuthorization {
  if (code === 'UNAUTHENTICATED') {
    return { outcome: 'login-needed', message: `log in to ${action} ${name}` };
  }
  if (isVisible) return { outcome: 'denied', message: `${denied} - ${because}` };
  return action === 'pull' ? { outcome: 'unknown' } : { outcome: 'denied', message: denied };
}

/** What Docker Hub says, and people search the web for. */
const denied = 'requested access to the resource is denied';

/** What the keys of a name begin with: no name has a space. */
function prefixOf(name: RepositoryName): string {
  return `${name} `;
}

/** A name that no repository has is a private one that is not there yet; none where no namespace is. */
async function loadFacts(
  database: Database,
  reach: Reach,
  name: RepositoryName,
): Promise<RepositoryFacts | undefined> {
  return database.read(async (tx) => {
    const found = await findGrantedRepository(tx, reach, { name });
    if (found !== undefined) return factsOf(found);
    const namespace = await findGrantedNamespace(tx, reach.granteeId, namespaceOf(name));
    return namespace && { name, isPrivate: true, granted: namespace.granted };
  });
}
