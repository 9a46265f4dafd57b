import type { Migration } from '#platform/db';

export const githostMigrations: readonly Migration[] = [
  {
    name: '0001-githost',
    statements: ({ integer, serial, bytewiseText }) => [
      `create table git_repository (
         id ${serial},
         name ${bytewiseText} not null,
         created_at ${integer} not null)`,
      `create unique index git_repository_name on git_repository (name)`,
    ],
  },
  {
    name: '0002-known-refs',
    statements: ({ integer }) => [
      `alter table git_repository add column known_refs ${integer} not null default 0`,
    ],
  },
];
