import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { Person } from '#access';
import { type CredentialReference, referenceTo } from './credential-standing.ts';

/** How a signed token names the log-in behind it, in a private claim. */
const credentialClaim = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('password'), accountId: z.int(), passwordChangedAt: z.int() }),
  z.object({ kind: z.literal('session'), accountId: z.int(), id: z.string() }),
  z.object({ kind: z.literal('pat'), id: z.string() }),
]);

const claimName = 'slipway_credential';

export function credentialClaims(principal: Person): JWTPayload {
  return { [claimName]: referenceTo(principal) };
}

export function readCredentialClaims(claims: JWTPayload): CredentialReference | undefined {
  return credentialClaim.safeParse(claims[claimName]).data;
}
