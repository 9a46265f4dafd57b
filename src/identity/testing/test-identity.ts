import { systemIds } from '#kernel';
import type { Database, DialectName, Migration } from '#platform/db';
import { openTestDatabase } from '#platform/db/testing';
import { createIdentity, type Identity } from '../create-identity.ts';
import { identityMigrations } from '../identity-migrations.ts';
import type { UserPrincipal } from '../principal.ts';
import { generateSigningKey, readSigningKey, type SigningKey } from '../signing-keys.ts';
import { ManualClock } from './manual-clock.ts';

export interface TestIdentity extends AsyncDisposable {
  readonly database: Database;
  readonly clock: ManualClock;
  readonly signingKey: SigningKey;
  readonly identity: Identity;
  /** The administrator `root`. */
  readonly administrator: UserPrincipal;
  /** Makes an account with the test password and logs it in. */
  addUser(name: string): Promise<UserPrincipal>;
  /** Another server on the same database, which has remembered nothing yet. */
  openAnotherServer(): Identity;
}

export const testPassword = 'correct horse';

/** A room on a fresh database with the tables of identity and of whatever room is tested on it. */
export async function openTestIdentity(
  dialect: DialectName,
  furtherMigrations: readonly Migration[] = [],
): Promise<TestIdentity> {
  const database = await openTestDatabase(dialect, [...identityMigrations, ...furtherMigrations]);
  const clock = new ManualClock();
  const signingKey = readSigningKey(generateSigningKey());
  const openServer = () =>
    createIdentity({
      database,
      clock,
      ids: systemIds,
      signingKeys: [signingKey],
      issuer: 'https://hub.example.com',
      registryService: 'hub.example.com',
      passwords: { cost: { memoryKibibytes: 64, passes: 1, lanes: 1 } },
    });
  const identity = openServer();
  await identity.accounts.ensureFirstAdministrator({ name: 'root', password: testPassword });
  const logIn = (name: string) =>
    identity.logIn.withSecret({ name, secret: testPassword, remoteAddress: '192.0.2.1' });
  const administrator = await logIn('root');

  return {
    database,
    clock,
    signingKey,
    identity,
    administrator,
    openAnotherServer: openServer,
    async addUser(name) {
      await identity.accounts.create(administrator, { name, password: testPassword });
      return logIn(name);
    },
    async [Symbol.asyncDispose]() {
      await identity[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
