import type { Clock, Ids } from '#kernel';
import type { Database } from '#platform/db';
import type { Duty } from '#platform/schedule';
import { noteLastUse } from './access-token-store.ts';
import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import { type AttemptOfToken, type Authenticate, createAuthenticate } from './authenticate.ts';
import { createCredentialStanding } from './credential-standing.ts';
import { LastUseStamps } from './last-use-stamps.ts';
import { createLogIn, type LogIn } from './log-in.ts';
import { createLoginLimits } from './login-limits.ts';
import { createPasswordHasher, type PasswordHasherOptions } from './password-hasher.ts';
import { createPasswordLogin } from './password-login.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { createRegistration, type Registration } from './registration.ts';
import { createRegistryTokens, type RegistryTokens } from './registry-tokens.ts';
import { noteSessionUse } from './session-store.ts';
import { createSessions, expiredSessionsDuty, type Sessions } from './sessions.ts';
import { createSignedTokens } from './signed-tokens.ts';
import type { SigningKey } from './signing-keys.ts';

export interface CredentialsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The first signs, all verify; the same on every server of an installation. */
  readonly signingKeys: readonly [SigningKey, ...SigningKey[]];
  /** Who signs: the public URL. */
  readonly issuer: string;
  /** Whom registry tokens are for: the `service` of the registry's challenge. */
  readonly registryService: string;
  /** How dear a password is and how many are checked at once; the defaults suit servers. */
  readonly passwords?: PasswordHasherOptions;
  /** Attempts of builds have tokens too, which whoever runs builds knows. */
  readonly attemptOf: AttemptOfToken;
}

/** Disposing of it writes the last stamps of use. */
export interface Credentials extends AsyncDisposable {
  readonly registration: Registration;
  readonly passwords: Passwords;
  readonly accessTokens: AccessTokens;
  readonly logIn: LogIn;
  readonly sessions: Sessions;
  readonly registryTokens: RegistryTokens;
  readonly authenticate: Authenticate;
  /** For the schedule of every server. */
  readonly duties: readonly Duty[];
}

export function createCredentials(options: CredentialsOptions): Credentials {
  const { database, clock, ids } = options;
  const hasher = createPasswordHasher(options.passwords);
  const standing = createCredentialStanding(options);
  const stamps = new LastUseStamps({ ...options, kind: 'access tokens', write: noteLastUse });
  const limits = createLoginLimits(clock);
  const passwordLogin = createPasswordLogin({ database, clock, hasher, limits, standing });
  const logIn = createLogIn({ passwordLogin, standing, stamps });
  const sessionStamps = new LastUseStamps({
    ...options,
    kind: 'sessions',
    write: noteSessionUse,
  });
  const sessions = createSessions({
    database,
    tokens: sessionTokens(options),
    standing,
    stamps: sessionStamps,
    clock,
    ids,
  });
  const registryTokens = createRegistryTokens({
    tokens: registryTokensOf(options),
    standing,
    clock,
    ids,
  });

  return {
    registration: createRegistration({ database, clock, hasher }),
    passwords: createPasswords({ database, clock, hasher, passwordLogin }),
    accessTokens: createAccessTokens(options),
    logIn,
    sessions,
    registryTokens,
    authenticate: createAuthenticate({
      logIn,
      sessions,
      registryTokens,
      attemptOf: options.attemptOf,
      standing,
    }),
    duties: [stamps.duty, sessionStamps.duty, expiredSessionsDuty(options)],
    async [Symbol.asyncDispose]() {
      await stamps[Symbol.asyncDispose]();
      await sessionStamps[Symbol.asyncDispose]();
    },
  };
}

function sessionTokens({ signingKeys: keys, issuer, clock }: CredentialsOptions) {
  const kind = { type: 'slipway-session+jwt', issuer, audience: issuer };
  return createSignedTokens({ keys, clock, kind });
}

function registryTokensOf({
  signingKeys: keys,
  issuer,
  clock,
  registryService,
}: CredentialsOptions) {
  const kind = { type: 'slipway-registry+jwt', issuer, audience: registryService };
  return createSignedTokens({ keys, clock, kind });
}
