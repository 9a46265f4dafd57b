import { type Principal, requirePerson } from '#access';
import type { Clock, Ids, Instant, TokenScope } from '#kernel';
import type { Database } from '#platform/db';
import {
  type AccessToken,
  countAccessTokens,
  insertAccessToken,
  listAccessTokens,
  markRevoked,
} from './access-token-store.ts';
import { digestAccessToken, makeAccessToken } from './access-token-text.ts';
import { credentialsErrors } from './credentials-errors.ts';

export interface AccessTokenRequest {
  /** 1 to 100 characters. */
  readonly label: string;
  readonly scope: TokenScope;
  /** Without it the token never expires. */
  readonly expiresAt?: Instant;
}

export interface CreatedAccessToken extends AccessToken {
  /** Shown this once: only its digest is kept. */
  readonly text: string;
}

/**
 * A person's own access tokens: a log-in for programs that can be taken back one by one. Who is no
 * person has none, and is told so by `UNAUTHENTICATED` or `ACCESS_DENIED`.
 */
export interface AccessTokens {
  /**
   * Throws `PASSWORD_SESSION_NEEDED`, `TOKEN_LABEL_INVALID`, `TOKEN_EXPIRY_INVALID`,
   * `TOKEN_LIMIT_REACHED`.
   */
  create(principal: Principal, request: AccessTokenRequest): Promise<CreatedAccessToken>;
  /** Those that were not revoked, newest first; expired ones are among them. */
  list(principal: Principal): Promise<readonly AccessToken[]>;
  /** Takes all power from a token within 5 seconds. Throws `PASSWORD_SESSION_NEEDED`, `TOKEN_UNKNOWN`. */
  revoke(principal: Principal, tokenId: string): Promise<void>;
}

const longestLabel = 100;
const mostTokens = 500;

export function createAccessTokens(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
}): AccessTokens {
  const { database, clock, ids } = options;
  return {
    async create(principal, request) {
      const owner = requirePerson(principal, 'manageOwnCredentials');
      const createdAt = clock.now();
      assertRequest(request, createdAt);
      const text = makeAccessToken(ids);
      const token = {
        id: ids.uuid(),
        accountId: owner.accountId,
        label: request.label.trim(),
        scope: request.scope,
        createdAt,
        expiresAt: request.expiresAt,
      };
      await database.transact(async (tx) => {
        assertRoom(await countAccessTokens(tx, owner.accountId));
        await insertAccessToken(tx, { ...token, digest: digestAccessToken(text) });
      });
      return { ...token, lastUsedAt: undefined, revokedAt: undefined, text };
    },
    async list(principal) {
      const { accountId } = requirePerson(principal, 'viewOwnCredentials');
      return database.read((tx) => listAccessTokens(tx, accountId));
    },
    async revoke(principal, id) {
      const { accountId } = requirePerson(principal, 'manageOwnCredentials');
      const at = clock.now();
      if (await database.transact((tx) => markRevoked(tx, { id, accountId, at }))) return;
      throw credentialsErrors.fail(
        'TOKEN_UNKNOWN',
        'there is no such access token, or it was revoked',
      );
    },
  };
}

function assertRequest({ label, expiresAt }: AccessTokenRequest, now: Instant): void {
  if (label.trim() === '' || label.trim().length > longestLabel) {
    throw credentialsErrors.fail(
      'TOKEN_LABEL_INVALID',
      `the label of an access token has 1 to ${longestLabel} characters`,
      { detail: { field: 'label' } },
    );
  }
  if (expiresAt !== undefined && expiresAt <= now) {
    throw credentialsErrors.fail(
      'TOKEN_EXPIRY_INVALID',
      'an access token expires in the future; leave the expiry out for one that never does',
      { detail: { field: 'expiresAt' } },
    );
  }
}

function assertRoom(tokens: number): void {
  if (tokens < mostTokens) return;
  throw credentialsErrors.fail(
    'TOKEN_LIMIT_REACHED',
    `an account has at most ${mostTokens} access tokens; revoke some that are not used any more`,
  );
}
