import { z } from 'zod';
import { isLoggedIn, isPerson, nobody, type Principal, type RegistryGrant } from '#access';
import { type Clock, type Ids, type Instant, registryActions } from '#kernel';
import { credentialClaims, readCredentialClaims } from './credential-claims.ts';
import type { CredentialStanding } from './credential-standing.ts';
import type { SignedTokens } from './signed-tokens.ts';

export interface IssuedRegistryToken {
  readonly token: string;
  readonly issuedAt: Instant;
  readonly expiresInSeconds: number;
}

/** A token that was verified, with its bearer as accounts stand now. */
export interface RegistryToken {
  readonly principal: Principal;
  readonly grants: readonly RegistryGrant[];
}

/** The tokens of Docker's token flow: who pulls and pushes, and what the token service granted. */
export interface RegistryTokens {
  issue(principal: Principal, grants: readonly RegistryGrant[]): Promise<IssuedRegistryToken>;
  /**
   * `undefined` for anything that is not a valid registry token, or one whose credential has lost
   * its power. Grants may have been narrowed since: the repository's own rights decide beside them.
   */
  verify(text: string): Promise<RegistryToken | undefined>;
}

/** Docker's `access` claim (distribution, "Token Authentication Implementation"). */
const accessClaim = z.array(
  z
    .object({
      type: z.literal('repository'),
      name: z.string(),
      actions: z.array(z.enum(registryActions)),
    })
    .transform(({ name, actions }): RegistryGrant => ({ name, actions })),
);

const pullSeconds = 300;
/** Pushing tokens outlive the upload of a large layer: clients don't renew one half-way. */
const pushSeconds = 3_600;

export function createRegistryTokens(options: {
  readonly tokens: SignedTokens;
  readonly standing: CredentialStanding;
  readonly clock: Clock;
  readonly ids: Ids;
}): RegistryTokens {
  const { tokens, standing, clock, ids } = options;
  return {
    async issue(principal, grants) {
      const issuedAt = clock.now();
      const expiresInSeconds = lifetimeOf(grants);
      const token = await tokens.sign(
        { ...bearerClaims(principal), jti: ids.uuid(), access: toAccess(grants) },
        { issuedAt, expiresAt: issuedAt + expiresInSeconds * 1000 },
      );
      return { token, issuedAt, expiresInSeconds };
    },
    async verify(text) {
      const claims = await tokens.verify(text);
      const grants = accessClaim.safeParse(claims?.['access']).data;
      if (claims === undefined || grants === undefined) return undefined;
      if (claims.sub === '') return { principal: nobody, grants };
      const reference = readCredentialClaims(claims);
      const principal = reference && (await standing.find(reference));
      return principal && { principal, grants };
    },
  };
}

function lifetimeOf(grants: readonly RegistryGrant[]): number {
  return grants.some((grant) => grant.actions.includes('push')) ? pushSeconds : pullSeconds;
}

function bearerClaims(principal: Principal) {
  if (!isLoggedIn(principal)) return { sub: '' };
  if (!isPerson(principal)) throw new Error('no registry token can name who is no person');
  return { sub: principal.name, ...credentialClaims(principal) };
}

/** What was not granted is left out: a hundred refusals would be a burden in every request. */
function toAccess(grants: readonly RegistryGrant[]) {
  return grants
    .filter(({ actions }) => actions.length > 0)
    .map(({ name, actions }) => ({ type: 'repository', name, actions }));
}
