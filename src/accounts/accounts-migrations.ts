import { systemNamespaces } from '#kernel';
import type { Migration } from '#platform/db';

/**
 * The first step made the tables of people and of their credentials in one; the steps of
 * `#credentials` have gone on with those since.
 */
export const accountsMigrations: readonly Migration[] = [
  {
    name: '0001-identity',
    statements: ({ integer, serial, text }) => [
      `create table namespace (
         id ${serial},
         name ${text} not null unique,
         kind ${text} not null,
         created_at ${integer} not null)`,
      ...systemNamespaces.map(
        (name) => `insert into namespace (name, kind, created_at) values ('${name}', 'system', 0)`,
      ),
      `create table account (
         id ${serial},
         namespace_id ${integer} not null unique references namespace (id),
         password_hash ${text} not null,
         password_changed_at ${integer} not null,
         is_administrator ${integer} not null,
         is_active ${integer} not null,
         created_at ${integer} not null)`,
      `create table personal_access_token (
         id ${text} primary key,
         account_id ${integer} not null references account (id),
         label ${text} not null,
         digest ${text} not null unique,
         scope ${text} not null,
         created_at ${integer} not null,
         expires_at ${integer},
         last_used_at ${integer},
         revoked_at ${integer})`,
      `create index personal_access_token_account on personal_access_token (account_id)`,
    ],
  },
];
