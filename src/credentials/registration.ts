import { assertAllowed, decideOnServer, type Principal } from '#access';
import { type Account, addPerson, countActiveAdministrators, lockAdministrators } from '#accounts';
import {
  type Clock,
  type Instant,
  type NamespaceName,
  parseNamespaceName,
  parseOperatorName,
} from '#kernel';
import type { Database, WriteTransaction } from '#platform/db';
import type { PasswordHasher } from './password-hasher.ts';
import { assertAcceptablePassword } from './password-policy.ts';
import { insertPassword } from './password-store.ts';

export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly isAdministrator?: boolean;
}

/** How people who log in with a password come to be. */
export interface Registration {
  /**
   * Makes an account and the namespace of the same name; administrators only. Throws
   * `UNAUTHENTICATED`, `ACCESS_DENIED`, `PASSWORD_SESSION_NEEDED`, `NAME_INVALID` (reserved names too),
   * `NAMESPACE_TAKEN`, `PASSWORD_UNACCEPTABLE`, `LOGIN_BUSY`.
   */
  create(principal: Principal, user: NewUser): Promise<Account>;

  /**
   * Makes the first administrator of a new server. Does nothing and gives `undefined` once there is
   * an administrator, whatever the name and password say: several servers may call it at start.
   * Throws as `create` does for a bad name or password.
   */
  ensureFirstAdministrator(user: Omit<NewUser, 'isAdministrator'>): Promise<Account | undefined>;
}

export interface RegistrationOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
}

export function createRegistration(options: RegistrationOptions): Registration {
  const { database } = options;
  return {
    async create(principal, user) {
      assertAllowed(decideOnServer(principal, 'manageAccounts'));
      const name = parseNamespaceName(user.name);
      const hashed = await prepareUser(options, { ...user, name });
      return database.transact((tx) => insertUser(tx, hashed));
    },
    async ensureFirstAdministrator(user) {
      if ((await database.read(countActiveAdministrators)) > 0) return undefined;
      const name = parseOperatorName(user.name);
      const hashed = await prepareUser(options, { ...user, name, isAdministrator: true });
      return database.transact(async (tx) => {
        await lockAdministrators(tx);
        if ((await countActiveAdministrators(tx)) > 0) return undefined;
        return insertUser(tx, hashed);
      });
    },
  };
}

interface HashedUser {
  readonly name: NamespaceName;
  readonly hash: string;
  readonly isAdministrator: boolean;
  readonly createdAt: Instant;
}

type NamedUser = NewUser & { readonly name: NamespaceName };

async function prepareUser(
  { hasher, clock }: RegistrationOptions,
  { name, password, isAdministrator = false }: NamedUser,
): Promise<HashedUser> {
  assertAcceptablePassword(password, name);
  const hash = await hasher.hash(password);
  return { name, hash, isAdministrator, createdAt: clock.now() };
}

async function insertUser(tx: WriteTransaction, { hash, ...person }: HashedUser): Promise<Account> {
  const account = await addPerson(tx, person);
  await insertPassword(tx, account.id, { hash, changedAt: person.createdAt });
  return account;
}
