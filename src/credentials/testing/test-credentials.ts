import type { AttemptPrincipal, Person } from '#access';
import { type Accounts, accountsMigrations, createAccounts } from '#accounts';
import { TestClock } from '#kernel/testing';
import { systemIds } from '#platform/crypto';
import type { DialectName, Migration } from '#platform/db';
import { type DoubtfulDatabase, openTestDatabase } from '#platform/db/testing';
import { type Credentials, createCredentials } from '../create-credentials.ts';
import { credentialsMigrations } from '../credentials-migrations.ts';
import { generateSigningKey, readSigningKey, type SigningKey } from '../signing-keys.ts';

export interface TestCredentials extends AsyncDisposable {
  readonly database: DoubtfulDatabase;
  readonly clock: TestClock;
  readonly signingKey: SigningKey;
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  /** Those that run, by their tokens. */
  readonly attempts: Map<string, AttemptPrincipal>;
  /** The administrator `root`. */
  readonly administrator: Person;
  /** Makes an account with the test password and logs it in. */
  addUser(name: string): Promise<Person>;
  /** Another server on the same database, which has remembered nothing yet. */
  openAnotherServer(): Credentials;
}

export const testPassword = 'correct horse';

/** A room on a fresh database with the tables of people and of whatever room is tested on it. */
export async function openTestCredentials(
  dialect: DialectName,
  furtherMigrations: readonly Migration[] = [],
): Promise<TestCredentials> {
  const database = await openTestDatabase(dialect, [
    ...accountsMigrations,
    ...credentialsMigrations,
    ...furtherMigrations,
  ]);
  const clock = new TestClock();
  const signingKey = readSigningKey(generateSigningKey());
  const attempts = new Map<string, AttemptPrincipal>();
  const openServer = () =>
    createCredentials({
      database,
      clock,
      ids: systemIds,
      signingKeys: [signingKey],
      issuer: 'https://hub.example.com',
      registryService: 'hub.example.com',
      attemptOf: async (token) => attempts.get(token),
      passwords: { cost: { memoryKibibytes: 64, passes: 1, lanes: 1 } },
    });
  const credentials = openServer();
  await credentials.registration.ensureFirstAdministrator({ name: 'root', password: testPassword });
  const logIn = (name: string) =>
    credentials.logIn.withSecret({ name, secret: testPassword, remoteAddress: '192.0.2.1' });
  const administrator = await logIn('root');

  return {
    database,
    clock,
    signingKey,
    accounts: createAccounts({ database }),
    credentials,
    attempts,
    administrator,
    openAnotherServer: openServer,
    async addUser(name) {
      await credentials.registration.create(administrator, { name, password: testPassword });
      return logIn(name);
    },
    async [Symbol.asyncDispose]() {
      await credentials[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
