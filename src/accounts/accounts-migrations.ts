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
  {
    name: '0002-grants',
    statements: ({ integer, serial, text, clustered }) => [
      `create table grantee (
         id ${serial},
         kind ${text} not null,
         account_id ${integer} unique references account (id))`,
      `create table grantee_member (
         grantee_id ${integer} not null references grantee (id),
         member_id ${integer} not null references grantee (id),
         primary key (member_id, grantee_id)) ${clustered}`,
      `create index grantee_member_grantee on grantee_member (grantee_id)`,
      `create table namespace_grant (
         namespace_id ${integer} not null references namespace (id),
         grantee_id ${integer} not null references grantee (id),
         role ${text} not null,
         primary key (grantee_id, namespace_id)) ${clustered}`,
      `create index namespace_grant_namespace on namespace_grant (namespace_id)`,
      `insert into grantee (kind, account_id) select 'person', id from account order by id`,
      `insert into grantee_member (grantee_id, member_id) select id, id from grantee`,
      `insert into namespace_grant (namespace_id, grantee_id, role)
         select account.namespace_id, grantee.id, 'owner'
         from account join grantee on grantee.account_id = account.id`,
    ],
  },
];
