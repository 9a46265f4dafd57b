import { type Decision, nameOf, type Principal } from '#access';
import type { Authenticate, CredentialForm } from '#credentials';
import type { GitAccess, GitAccessDecision } from '#githost';
import type { Repositories } from '#repositories';
import type { Sources } from '#sources';
import type { FirstPushes } from './first-pushes.ts';
import { refusedLogin } from './refused-login.ts';

export interface GitAccessOptions {
  readonly authenticate: Authenticate;
  readonly sourceRights: Repositories['sourceRights'];
  readonly sources: Pick<Sources, 'find'>;
  readonly firstPushes: FirstPushes;
}

const accepted: readonly CredentialForm[] = ['basic', 'session', 'access-token', 'attempt-token'];

/** Turns credentials into principals for the git host's port, and what the room decides into answers. */
export function createGitAccess(options: GitAccessOptions): GitAccess {
  const { authenticate, sourceRights, sources, firstPushes } = options;
  return {
    async authorize({ name, action, authorization, remoteAddress }) {
      try {
        const request = { authorization, remoteAddress, accepts: accepted };
        const { principal } = await authenticate(request);
        const sourceId = (await sources.find({ provider: 'embedded', name }))?.id;
        const word = action === 'read' ? 'readSource' : 'writeSource';
        const decision = await sourceRights.decide(principal, { name, sourceId }, word);
        const answer = answerOf(principal, decision);
        const isFirst = action === 'write' && sourceId === undefined;
        if (answer.kind !== 'granted' || !isFirst) return answer;
        const firstPush = await firstPushes.admit(principal, name);
        return firstPush === undefined ? answer : { ...answer, firstPush };
      } catch (error) {
        return refusedLogin(error);
      }
    },
  };
}

/** What may not be seen and what is not there get the same answer. */
function answerOf(principal: Principal, decision: Decision): GitAccessDecision {
  if (decision.isAllowed) return { kind: 'granted', subject: nameOf(principal) };
  const { code, because: message, isVisible } = decision;
  if (code === 'UNAUTHENTICATED') return { kind: 'unauthenticated', message };
  return isVisible ? { kind: 'denied', message } : { kind: 'unknown' };
}
