import type { Migration } from '#platform/db';

export const eventsMigrations: readonly Migration[] = [
  {
    name: '0001-outbox',
    statements: ({ integer, serial, text, bytewiseText }) => [
      `create table outbox (
         id ${serial},
         topic ${bytewiseText} not null,
         payload ${text} not null,
         created_at ${integer} not null,
         position ${integer})`,
      `create index outbox_unplaced on outbox (id) where position is null`,
      `create unique index outbox_position on outbox (position)`,
      `create table outbox_end (
         id ${integer} primary key check (id = 1),
         position ${integer} not null)`,
      `insert into outbox_end (id, position) values (1, 0)`,
      `create table outbox_consumer (
         name ${bytewiseText} primary key,
         position ${integer} not null)`,
    ],
  },
];
