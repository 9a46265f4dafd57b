import { includesAccess, namespaceAccess, type Principal } from '#access';
import { findNamespace } from '#accounts';
import { type Authenticate, credentialsErrors, parseAuthorization } from '#credentials';
import {
  type GitAccess,
  type GitAccessDecision,
  type GitAccessRequest,
  gitRepositoryPath,
} from '#githost';
import { namespaceOf, type RepositoryName } from '#kernel';
import type { Database } from '#platform/db';
import type { Sources } from '#sources';
import type { AttemptPass } from './attempt-passes.ts';

export interface GitAccessOptions {
  readonly database: Database;
  readonly authenticate: Authenticate;
  readonly passOf: (token: string) => Promise<AttemptPass | undefined>;
  readonly sources: Pick<Sources, 'cloneAccess'>;
}

/**
 * Who may use a repository of the embedded git host: those who may push images to its namespace, and
 * the attempts that build it, which only read. Sources are never public: an image may be without its
 * source being so.
 */
export function createGitAccess(options: GitAccessOptions): GitAccess {
  return {
    async authorize(request) {
      try {
        const pass = await passFrom(options, request.authorization);
        if (pass !== undefined) return await decideForAttempt(options, pass, request);
        const { principal } = await options.authenticate(request);
        return await decide(options.database, principal, request);
      } catch (error) {
        if (!credentialsErrors.is(error)) throw error;
        return { kind: 'unauthenticated', message: error.message };
      }
    },
  };
}

async function passFrom(
  { passOf }: GitAccessOptions,
  authorization: string | undefined,
): Promise<AttemptPass | undefined> {
  const presented = parseAuthorization(authorization);
  return presented.kind === 'bearer' ? passOf(presented.token) : undefined;
}

/** It reads what it is to clone, if that is here. */
async function decideForAttempt(
  { sources }: GitAccessOptions,
  pass: AttemptPass,
  { name, action }: GitAccessRequest,
): Promise<GitAccessDecision> {
  if (action !== 'read') return { kind: 'unknown' };
  const clone = await sources.cloneAccess(pass.sourceId);
  if (clone.path !== gitRepositoryPath(name)) return { kind: 'unknown' };
  return { kind: 'granted', subject: `attempt-${pass.attemptId}` };
}

async function decide(
  database: Database,
  principal: Principal,
  { name, action }: GitAccessRequest,
): Promise<GitAccessDecision> {
  if (principal.kind === 'anonymous') {
    return { kind: 'unauthenticated', message: 'log in with your user name and password or token' };
  }
  const access = await accessToNamespace(database, principal, name);
  if (!includesAccess(access, 'read')) return { kind: 'unknown' };
  if (action === 'write' && !includesAccess(access, 'write')) {
    return { kind: 'denied', message: `you may read ${name}, not push to it` };
  }
  return { kind: 'granted', subject: principal.name };
}

async function accessToNamespace(database: Database, principal: Principal, name: RepositoryName) {
  const namespace = await database.read((tx) => findNamespace(tx, namespaceOf(name)));
  if (namespace === undefined) return 'none';
  return namespaceAccess(principal, { namespaceId: namespace.id, namespaceName: namespace.name });
}
