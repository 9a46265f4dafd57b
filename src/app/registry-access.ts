import { stageOf, subjectOf } from '#access';
import type { ChallengeDetail } from '#api';
import type { Authenticate, Authentication, CredentialForm } from '#credentials';
import type { AccessChallenge, AccessRequest, Actor, RegistryAccess, TriesSpent } from '#registry';
import type { Repositories } from '#repositories';
import { refusedLogin } from './refused-login.ts';

export interface RegistryAccessOptions {
  readonly registryRights: Repositories['registryRights'];
  readonly authenticate: Authenticate;
  /** The value of WWW-Authenticate that leads to the token service. */
  readonly challenge: (detail?: ChallengeDetail) => string;
}

/** A token of the token service, a name with password or access token, or the token of an attempt. */
const accepted: readonly CredentialForm[] = ['registry-token', 'basic', 'attempt-token'];

/** Turns credentials into principals for the registry's port, and what the room decides into answers. */
export function createRegistryAccess(options: RegistryAccessOptions): RegistryAccess {
  const { registryRights, challenge } = options;
  return {
    async identify(request) {
      const visitor = await visitorOf(options, request);
      if ('principal' in visitor) return undefined;
      return visitor.kind === 'tries-spent' ? visitor : { ...visitor, challenge: challenge() };
    },
    async authorize(request) {
      const visitor = await visitorOf(options, request);
      const scope = scopeOf(request);
      if (!('principal' in visitor) && visitor.kind === 'tries-spent') return visitor;
      if (!('principal' in visitor)) return { ...visitor, challenge: challenge({ scope }) };
      const authorized = await registryRights.authorize(visitor, request);
      switch (authorized.outcome) {
        case 'granted':
          return {
            kind: 'granted',
            repositoryId: authorized.repositoryId,
            actor: actorOf(visitor),
          };
        case 'unknown':
          return { kind: 'unknown' };
        case 'denied':
          return { kind: 'denied', message: authorized.message };
        case 'login-needed':
          return { ...unauthenticated(authorized.message), challenge: challenge({ scope }) };
        case 'token-too-narrow':
          return {
            ...unauthenticated(authorized.message),
            challenge: challenge({ scope, insufficient: true }),
          };
      }
    },
  };
}

type Stranger = Omit<AccessChallenge, 'challenge'>;

/** Clients come without a credential first, to be sent to the token service: be it for nobody's token. */
async function visitorOf(
  { authenticate }: RegistryAccessOptions,
  { authorization, remoteAddress }: Pick<AccessRequest, 'authorization' | 'remoteAddress'>,
): Promise<Authentication | Stranger | TriesSpent> {
  try {
    const visitor = await authenticate({ authorization, remoteAddress, accepts: accepted });
    return visitor.presentedAs === 'nothing' ? unauthenticated('authentication required') : visitor;
  } catch (error) {
    return refusedLogin(error);
  }
}

function unauthenticated(message: string): Stranger {
  return { kind: 'unauthenticated', message };
}

function actorOf({ principal }: Authentication): Actor {
  const stage = stageOf(principal);
  return { subject: subjectOf(principal), ...(stage === undefined ? {} : { stage }) };
}

function scopeOf({ name, action }: AccessRequest): string {
  // A push reads as well: clients ask for what is there before they send it.
  const actions = action === 'push' ? 'pull,push' : action;
  return `repository:${name}:${actions}`;
}
