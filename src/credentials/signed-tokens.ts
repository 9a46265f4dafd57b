import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Clock, Instant } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { SigningKey } from './signing-keys.ts';

/** What one kind of token is for. A token of one kind is nothing to the readers of another. */
interface TokenKind {
  /** The header's `typ` (RFC 8725, section 3.11). */
  readonly type: string;
  readonly issuer: string;
  readonly audience: string;
}

export interface SignedTokens {
  /** Signs the claims with the first key. Times are whole seconds in the token. */
  sign(claims: JWTPayload, lifetime: TokenLifetime): Promise<string>;
  /**
   * The claims of a token of this kind that a configured key signed and that is valid now;
   * `undefined` for anything else.
   */
  verify(text: string): Promise<JWTPayload | undefined>;
}

interface TokenLifetime {
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

export interface SignedTokensOptions {
  /** The first signs, all verify, so that keys can be exchanged without a break. */
  readonly keys: readonly [SigningKey, ...SigningKey[]];
  readonly kind: TokenKind;
  readonly clock: Clock;
}

const algorithm = 'EdDSA';
/** A client sends the same token with each request; checking a signature costs 0.2 ms. */
const remembered = { capacity: 5_000, lifetimeMilliseconds: 300_000 };
/** Tokens that many scopes made large are verified each time instead of filling the memory. */
const longestRemembered = 2_048;
const longestToken = 16_384;

/** Tokens in JWT form, signed by Ed25519 (RFC 8037). */
export function createSignedTokens({ keys, kind, clock }: SignedTokensOptions): SignedTokens {
  const verified = new BoundedCache<JWTPayload>({ ...remembered, clock });
  const [signing] = keys;
  const read = (text: string) => {
    const verify = () => verifyToken(text, { keys, kind, clock });
    return text.length > longestRemembered ? verify() : verified.get(text, verify);
  };

  return {
    sign: (claims, { issuedAt, expiresAt }) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, typ: kind.type, kid: signing.id })
        .setIssuer(kind.issuer)
        .setAudience(kind.audience)
        .setIssuedAt(Math.floor(issuedAt / 1000))
        .setNotBefore(Math.floor(issuedAt / 1000))
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(signing.privateKey),
    async verify(text) {
      if (text.length > longestToken) return undefined;
      try {
        const claims = await read(text);
        return isExpired(claims, clock) ? undefined : claims;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}

/** The key is chosen from the configured ones by its id alone: keys inside the token mean nothing. */
async function verifyToken(text: string, options: SignedTokensOptions): Promise<JWTPayload> {
  const { payload } = await jwtVerify(
    text,
    (header) => {
      const key = options.keys.find((candidate) => candidate.id === header.kid);
      if (key === undefined) throw new errors.JWKSNoMatchingKey();
      return key.publicKey;
    },
    {
      algorithms: [algorithm],
      typ: options.kind.type,
      issuer: options.kind.issuer,
      audience: options.kind.audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: new Date(options.clock.now()),
      // Servers of one installation may disagree by a second or two.
      clockTolerance: 5,
    },
  );
  return payload;
}

function isExpired(claims: JWTPayload, clock: Clock): boolean {
  return claims.exp === undefined || clock.now() >= (claims.exp + 5) * 1000;
}
