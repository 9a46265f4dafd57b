import { type Person, type Principal, requirePerson } from '#access';
import type { Clock, Ids, Instant } from '#kernel';
import type { Database } from '#platform/db';
import type { Duty } from '#platform/schedule';
import { credentialClaims, readCredentialClaims } from './credential-claims.ts';
import type { CredentialStanding } from './credential-standing.ts';
import { credentialsErrors } from './credentials-errors.ts';
import type { LastUseStamps } from './last-use-stamps.ts';
import { lockPassword } from './password-store.ts';
import {
  deleteExpiredSessions,
  deleteOldestSessions,
  deleteOtherSessions,
  deleteSession,
  insertSession,
  listSessions,
  type StoredSession,
} from './session-store.ts';
import type { SignedTokens } from './signed-tokens.ts';

export interface Session {
  /** A Bearer value for the APIs. */
  readonly token: string;
  readonly expiresAt: Instant;
}

/** How a log-in came to be, which its owner is shown later. */
export interface SessionRequest {
  /** Twelve hours by default. */
  readonly lifetimeMilliseconds?: number;
  readonly remoteAddress?: string;
  /** What the client calls itself. */
  readonly userAgent?: string | undefined;
}

/** A session as its owner sees it. */
export type OwnSession = StoredSession & {
  /** Whether it is the one that asks. */
  readonly isCurrent: boolean;
};

/**
 * What a log-in gives: a signed token that stands for the name and the secret for some time. One that
 * was made with the password is listed and can be ended; one that was made with an access token has
 * as much power as that, and ends with it. An account has 200 at most: the oldest go first.
 */
export interface Sessions {
  /** Throws `INVALID_CREDENTIALS` when the password was changed since it was checked. */
  issue(principal: Person, request?: SessionRequest): Promise<Session>;
  /**
   * Who a session belongs to, as accounts stand now; `undefined` for anything that is not a valid
   * session, or one that was ended or whose credential has lost its power.
   */
  verify(token: string): Promise<Person | undefined>;
  /** The principal's own, newest first. */
  list(principal: Principal): Promise<readonly OwnSession[]>;
  /** Takes all power from a session within 5 seconds. Throws `PASSWORD_SESSION_NEEDED`, `SESSION_UNKNOWN`. */
  end(principal: Principal, id: string): Promise<void>;
  /** Ends the session that asks; does nothing for who came with the password itself. */
  endOwn(principal: Principal): Promise<void>;
  /** Ends all but the one that asks, and gives how many. Throws `PASSWORD_SESSION_NEEDED`. */
  endOthers(principal: Principal): Promise<number>;
}

export interface SessionsOptions {
  readonly database: Database;
  readonly tokens: SignedTokens;
  readonly standing: CredentialStanding;
  readonly stamps: LastUseStamps;
  readonly clock: Clock;
  readonly ids: Ids;
}

const defaultLifetimeMilliseconds = 12 * 3_600_000;
const mostSessions = 200;
const longestUserAgent = 200;

export function createSessions(options: SessionsOptions): Sessions {
  const { database, tokens, standing, stamps, clock } = options;
  return {
    async issue(principal, request = {}) {
      const { lifetimeMilliseconds = defaultLifetimeMilliseconds } = request;
      const issuedAt = clock.now();
      const lifetime = { issuedAt, expiresAt: issuedAt + lifetimeMilliseconds };
      const bearer = await keepSession(options, principal, { ...request, ...lifetime });
      const claims = {
        sub: principal.name,
        ...credentialClaims(bearer),
        // Clients of Docker Hub read from the token who they are.
        'https://hub.docker.com': { username: principal.name },
      };
      return { token: await tokens.sign(claims, lifetime), expiresAt: lifetime.expiresAt };
    },
    async verify(token) {
      const claims = await tokens.verify(token);
      const reference = claims && readCredentialClaims(claims);
      // A password stood for itself in sessions before they were listed: nobody could end one.
      if (reference === undefined || reference.kind === 'password') return undefined;
      const person = await standing.find(reference);
      if (person !== undefined && reference.kind === 'session') stamps.note(reference.id);
      return person;
    },
    async list(principal) {
      const person = requirePerson(principal, 'viewOwnCredentials');
      const asked = { accountId: person.accountId, now: clock.now() };
      const sessions = await database.read((tx) => listSessions(tx, asked));
      const own = sessionOf(person);
      return sessions.map((session) => ({ ...session, isCurrent: session.id === own }));
    },
    async end(principal, id) {
      const { accountId } = requirePerson(principal, 'manageOwnCredentials');
      if (await database.transact((tx) => deleteSession(tx, { id, accountId }))) return;
      throw credentialsErrors.fail('SESSION_UNKNOWN', 'there is no such session, or it was ended');
    },
    async endOwn(principal) {
      const person = requirePerson(principal, 'manageOwnCredentials');
      const { accountId } = person;
      const id = sessionOf(person);
      if (id !== undefined) await database.transact((tx) => deleteSession(tx, { id, accountId }));
    },
    async endOthers(principal) {
      const person = requirePerson(principal, 'manageOwnCredentials');
      const { accountId } = person;
      return database.transact((tx) =>
        deleteOtherSessions(tx, { accountId, kept: sessionOf(person) }),
      );
    },
  };
}

/** The session that a person came with, if it is one that can be ended. */
export function sessionOf({ credential }: Person): string | undefined {
  return credential.kind === 'password' ? credential.sessionId : undefined;
}

const hourMilliseconds = 3_600_000;

export function expiredSessionsDuty(options: {
  readonly database: Database;
  readonly clock: Clock;
}): Duty {
  return {
    name: 'remove expired sessions',
    everyMilliseconds: hourMilliseconds,
    run: () => options.database.transact((tx) => deleteExpiredSessions(tx, options.clock.now())),
  };
}

type KeptRequest = SessionRequest & { readonly issuedAt: Instant; readonly expiresAt: Instant };

/** Who the bearer of the session is going to be. */
async function keepSession(
  { database, ids }: SessionsOptions,
  person: Person,
  { issuedAt, expiresAt, remoteAddress, userAgent }: KeptRequest,
): Promise<Person> {
  const { accountId, credential } = person;
  if (credential.kind === 'pat') return person;
  const id = ids.uuid();
  await database.transact(async (tx) => {
    // A change of the password ends sessions: it waits for this one, or is seen here.
    const password = await lockPassword(tx, accountId);
    if (password?.changedAt !== credential.passwordChangedAt) throw passwordChanged();
    await deleteOldestSessions(tx, { accountId, left: mostSessions - 1 });
    await insertSession(tx, {
      id,
      accountId,
      createdAt: issuedAt,
      expiresAt,
      lastUsedAt: issuedAt,
      remoteAddress,
      userAgent: userAgent?.slice(0, longestUserAgent),
    });
  });
  return { ...person, credential: { ...credential, sessionId: id } };
}

function passwordChanged() {
  return credentialsErrors.fail(
    'INVALID_CREDENTIALS',
    'the password was changed a moment ago; log in with the new one',
  );
}
