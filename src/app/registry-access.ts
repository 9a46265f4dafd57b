import { isLoggedIn, type Principal, subjectOf } from '#access';
import type { ChallengeDetail } from '#api';
import {
  type Authenticate,
  credentialsErrors,
  isGranted,
  parseAuthorization,
  type RegistryTokens,
} from '#credentials';
import { AppError, type RegistryAction, type RepositoryName } from '#kernel';
import type {
  AccessChallenge,
  AccessDecision,
  AccessRequest,
  Actor,
  RegistryAccess,
} from '#registry';
import type { NameRights, Repositories } from '#repositories';
import { attemptActor } from './attempt-actor.ts';
import { type AttemptPass, principalOf } from './attempt-passes.ts';

export interface RegistryAccessOptions {
  readonly repositories: Repositories;
  readonly authenticate: Authenticate;
  readonly registryTokens: RegistryTokens;
  /** Whose attempt's token this is; `undefined` for anything that is not one of a live attempt. */
  readonly passOf: (token: string) => Promise<AttemptPass | undefined>;
  /** The value of WWW-Authenticate that leads to the token service. */
  readonly challenge: (detail?: ChallengeDetail) => string;
}

/** Who sends a registry request, with what the credential itself limits them to. */
type Visitor =
  | { readonly kind: 'nobody' }
  | {
      readonly kind: 'principal';
      readonly principal: Principal;
      readonly allows: (name: RepositoryName, action: RegistryAction) => boolean;
    }
  | { readonly kind: 'attempt'; readonly pass: AttemptPass }
  | { readonly kind: 'wrong'; readonly message: string };

/**
 * Joins accounts, repositories and builds into the registry's port: a token of the token service, a
 * name with password or access token, or the token of an attempt that runs.
 */
export function createRegistryAccess(options: RegistryAccessOptions): RegistryAccess {
  return {
    async identify(request) {
      const visitor = await visitorOf(options, request);
      if (visitor.kind === 'principal' || visitor.kind === 'attempt') return undefined;
      return unauthenticated(options.challenge(), visitor);
    },
    async authorize(request) {
      const visitor = await visitorOf(options, request);
      if (visitor.kind === 'attempt')
        return authorizeAttempt(options.repositories, visitor.pass, request);
      if (visitor.kind === 'principal') return authorizePrincipal(options, visitor, request);
      return unauthenticated(options.challenge({ scope: scopeOf(request) }), visitor);
    },
  };
}

async function visitorOf(
  options: RegistryAccessOptions,
  { authorization, remoteAddress }: Pick<AccessRequest, 'authorization' | 'remoteAddress'>,
): Promise<Visitor> {
  try {
    const presented = parseAuthorization(authorization);
    if (presented.kind === 'none') return { kind: 'nobody' };
    if (presented.kind === 'basic') {
      const { principal } = await options.authenticate({ authorization, remoteAddress });
      return { kind: 'principal', principal, allows: () => true };
    }
    return await bearerOf(options, presented.token);
  } catch (error) {
    if (credentialsErrors.is(error)) return { kind: 'wrong', message: error.message };
    throw error;
  }
}

async function bearerOf(options: RegistryAccessOptions, token: string): Promise<Visitor> {
  const pass = await options.passOf(token);
  if (pass !== undefined) return { kind: 'attempt', pass };
  const verified = await options.registryTokens.verify(token);
  if (verified === undefined) {
    return { kind: 'wrong', message: 'the token is not valid or has ended; log in again' };
  }
  return {
    kind: 'principal',
    principal: verified.principal,
    allows: (name, action) => isGranted(verified, name, action),
  };
}

async function authorizePrincipal(
  { repositories, challenge }: RegistryAccessOptions,
  visitor: Extract<Visitor, { readonly kind: 'principal' }>,
  request: AccessRequest,
): Promise<AccessDecision> {
  const { name, action } = request;
  const rights = await repositories.registryRights.find(visitor.principal, name);
  if (!rights.actions.includes(action)) {
    if (isLoggedIn(visitor.principal)) return refusal(rights, action);
    return askToLogIn(challenge({ scope: scopeOf(request) }), request);
  }
  if (!visitor.allows(name, action)) {
    return {
      kind: 'unauthenticated',
      challenge: challenge({ scope: scopeOf(request), insufficient: true }),
      message: `the token does not say that it may ${action} ${name}`,
    };
  }
  const actor = actorOf(visitor);
  if (rights.repositoryId !== undefined) return granted(rights.repositoryId, actor);
  if (action !== 'push') return { kind: 'unknown' };
  return pushToNewName(repositories, visitor.principal, name);
}

/** What may not be seen and what is not there get the same answer. */
function refusal(rights: NameRights, action: RegistryAction): AccessDecision {
  if (rights.actions.length === 0 && action === 'pull') return { kind: 'unknown' };
  return { kind: 'denied', message: 'requested access to the resource is denied' };
}

function askToLogIn(challenge: string, { action, name }: AccessRequest): AccessDecision {
  return { kind: 'unauthenticated', challenge, message: `log in to ${action} ${name}` };
}

async function pushToNewName(
  repositories: Repositories,
  principal: Principal,
  name: RepositoryName,
): Promise<AccessDecision> {
  try {
    const repository = await repositories.ensureForPush(principal, name);
    return granted(repository.id, actorOf({ kind: 'principal', principal }));
  } catch (error) {
    if (error instanceof AppError) return { kind: 'denied', message: error.message };
    throw error;
  }
}

async function authorizeAttempt(
  repositories: Repositories,
  pass: AttemptPass,
  { name, action }: AccessRequest,
): Promise<AccessDecision> {
  const actor = actorOf({ kind: 'attempt', pass });
  if (name === pass.repositoryName) {
    if (action === 'delete') {
      return { kind: 'denied', message: 'a build may pull and push, not delete' };
    }
    return granted(pass.repositoryId, actor);
  }
  if (action !== 'pull') {
    return {
      kind: 'denied',
      message: `a build of ${pass.repositoryName} may push to that repository only, not to ${name}`,
    };
  }
  const rights = await repositories.registryRights.find(principalOf(pass), name);
  return rights.repositoryId === undefined
    ? { kind: 'unknown' }
    : granted(rights.repositoryId, actor);
}

function granted(repositoryId: number, actor: Actor): AccessDecision {
  return { kind: 'granted', repositoryId, actor };
}

function unauthenticated(
  challenge: string,
  visitor: Extract<Visitor, { readonly kind: 'nobody' | 'wrong' }>,
): AccessChallenge {
  const message = visitor.kind === 'wrong' ? visitor.message : 'authentication required';
  return { kind: 'unauthenticated', challenge, message };
}

function actorOf(
  visitor:
    | { readonly kind: 'principal'; readonly principal: Principal }
    | { readonly kind: 'attempt'; readonly pass: AttemptPass },
): Actor {
  if (visitor.kind === 'attempt') return attemptActor(visitor.pass.attemptId);
  return { subject: subjectOf(visitor.principal) };
}

function scopeOf({ name, action }: AccessRequest): string {
  // A push reads as well: clients ask for what is there before they send it.
  const actions = action === 'push' ? 'pull,push' : action;
  return `repository:${name}:${actions}`;
}
