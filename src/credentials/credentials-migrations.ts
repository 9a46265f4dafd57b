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
  {
    name: '0003-sessions',
    statements: ({ integer, text }) => [
      `create table session (
         id ${text} primary key,
         account_id ${integer} not null references account (id),
         created_at ${integer} not null,
         expires_at ${integer} not null,
         last_used_at ${integer} not null,
         remote_address ${text},
         user_agent ${text})`,
      `create index session_account on session (account_id)`,
      `create index session_expiry on session (expires_at)`,
    ],
  },
];
