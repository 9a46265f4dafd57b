import type { Migration } from '#platform/db';

/** To be run after those of `#accounts`, whose first step made the tables that these change. */
export const credentialsMigrations: readonly Migration[] = [
  {
    name: '0002-passwords-apart',
    statements: ({ integer, text }) => [
      `create table password (
         account_id ${integer} primary key references account (id),
         hash ${text} not null,
         changed_at ${integer} not null)`,
      `insert into password (account_id, hash, changed_at)
         select id, password_hash, password_changed_at from account`,
      `alter table account drop column password_hash`,
      `alter table account drop column password_changed_at`,
    ],
  },
];
