/**
 * accounts: people and the names that they and the system own. Knows no passwords and no tokens: how
 * somebody proves who they are is `#credentials`'s.
 */
export {
  type Account,
  countActiveAdministrators,
  findAccountById,
  findAccountByName,
  lockAdministrators,
} from './account-store.ts';
export { type Accounts, addPerson, createAccounts } from './accounts.ts';
export { type AccountsErrorCode, accountsErrors } from './accounts-errors.ts';
export { accountsMigrations } from './accounts-migrations.ts';
export {
  findGrantedNamespace,
  type GrantedNamespace,
  type GrantedThing,
  greatestRank,
  rankOf,
  roleOfRanks,
} from './grant-store.ts';
export { findNamespace, type Namespace } from './namespace-store.ts';
