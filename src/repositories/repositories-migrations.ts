import type { Migration } from '#platform/db';

/** To be run after those of `#accounts`, whose namespaces own the repositories. */
export const repositoriesMigrations: readonly Migration[] = [
  {
    name: '0001-hub',
    statements: ({ integer, serial, text, bytewiseText }) => [
      `create table repository (
         id ${serial},
         namespace_id ${integer} not null references namespace (id),
         name ${bytewiseText} not null,
         is_private ${integer} not null,
         description ${text} not null,
         created_at ${integer} not null,
         last_pushed_at ${integer},
         deleted_at ${integer})`,
      `create unique index repository_name on repository (name) where deleted_at is null`,
      `create index repository_namespace on repository (namespace_id, name) where deleted_at is null`,
      `create table tag_immutability (
         repository_id ${integer} primary key references repository (id),
         mode ${text} not null,
         patterns ${text} not null)`,
      `create table namespace_settings (
         namespace_id ${integer} primary key references namespace (id),
         is_private_by_default ${integer} not null)`,
    ],
  },
  {
    name: '0002-repository-grants',
    statements: ({ integer, text, clustered }) => [
      `create table repository_grant (
         repository_id ${integer} not null references repository (id),
         grantee_id ${integer} not null references grantee (id),
         role ${text} not null,
         primary key (grantee_id, repository_id)) ${clustered}`,
      `create index repository_grant_repository on repository_grant (repository_id)`,
      `create index repository_public on repository (name)
         where deleted_at is null and is_private = 0`,
      `create index repository_namespace_public on repository (namespace_id, name)
         where deleted_at is null and is_private = 0`,
    ],
  },
  {
    name: '0003-repository-overview',
    statements: ({ integer, text }) => [
      `alter table repository add column edited_at ${integer}`,
      `create table repository_overview (
         repository_id ${integer} primary key references repository (id),
         text ${text} not null)`,
    ],
  },
];
