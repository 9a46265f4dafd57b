import { timingSafeEqual } from 'node:crypto';
import type { Builds } from '#builds';
import { parseAuthorization } from '#credentials';
import { apiErrors } from '../api-errors.ts';
import type { Admission } from '../kit/route.ts';

/** Who calls the builder protocol: a builder, an attempt on one, or somebody who has no business here. */
export type BuilderCaller =
  | { readonly kind: 'builder' | 'stranger' }
  | { readonly kind: 'attempt'; readonly attemptId: string };

export interface BuilderCredentials {
  readonly attempts: Builds['attempts'];
  /** Any of these makes its bearer a builder. */
  readonly builderTokens: readonly string[];
}

/** An attempt that has ended is known still, and told so by what it asks for. */
export async function identifyBuilder(
  { attempts, builderTokens }: BuilderCredentials,
  authorization: string | undefined,
): Promise<BuilderCaller> {
  const presented = parseAuthorization(authorization);
  if (presented.kind !== 'bearer') return { kind: 'stranger' };
  const { token } = presented;
  if (builderTokens.some((known) => isSame(known, token))) return { kind: 'builder' };
  const standing = await attempts.authenticate(token);
  return standing === undefined
    ? { kind: 'stranger' }
    : { kind: 'attempt', attemptId: standing.attemptId };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export const aBuilder: Admission<BuilderCaller, unknown, object> = {
  statement: 'builders',
  check: async ({ kind }) => {
    if (kind === 'builder') return {};
    throw apiErrors.fail(
      'BUILDER_UNAUTHENTICATED',
      'start the builder with the SLIPWAY_BUILDER_TOKEN that the server was started with',
    );
  },
};

export const theAttempt: Admission<BuilderCaller, { readonly attemptId: string }, object> = {
  statement: 'the attempt itself',
  check: async ({ params, ...caller }) => {
    if (caller.kind === 'attempt' && caller.attemptId === params.attemptId) return {};
    throw apiErrors.fail('BUILDER_UNAUTHENTICATED', 'this is not the token of that attempt');
  },
};
