import { decideOnSource, isLoggedIn, nameOf, type Principal, reachOf } from '#access';
import { findGrantedNamespace } from '#accounts';
import { type Authenticate, credentialsErrors, parseAuthorization } from '#credentials';
import {
  type GitAccess,
  type GitAccessDecision,
  type GitAccessRequest,
  gitRepositoryPath,
} from '#githost';
import { namespaceOf } from '#kernel';
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
  if (!isLoggedIn(principal)) {
    return { kind: 'unauthenticated', message: 'log in with your user name and password or token' };
  }
  const { granteeId } = reachOf(principal);
  const found = await database.read((tx) => findGrantedNamespace(tx, granteeId, namespaceOf(name)));
  if (found === undefined) return { kind: 'unknown' };
  const facts = { name, granted: found.granted };
  const word = action === 'read' ? 'readSource' : 'writeSource';
  const decision = decideOnSource(principal, word, facts);
  if (decision.isAllowed) return { kind: 'granted', subject: nameOf(principal) };
  if (!decision.isVisible) return { kind: 'unknown' };
  return { kind: 'denied', message: `you may read ${name}, not push to it` };
}
