import type { Migration } from '#platform/db';

export const jobsMigrations: readonly Migration[] = [
  {
    name: '0001-jobs',
    statements: ({ integer, serial, text, bytewiseText }) => [
      `create table job_group (
         queue ${text} not null,
         name ${bytewiseText} not null,
         concurrency ${integer} not null,
         pending ${integer} not null,
         running ${integer} not null,
         served_at ${integer} not null,
         primary key (queue, name))`,
      `create index job_group_turn on job_group (queue, running, served_at, name) where pending > 0`,
      `create table job_lane (
         queue ${text} not null,
         group_name ${bytewiseText} not null,
         name ${bytewiseText} not null,
         running ${integer} not null,
         served_at ${integer} not null,
         primary key (queue, group_name, name))`,
      `create table job (
         id ${serial},
         queue ${text} not null,
         group_name ${bytewiseText} not null,
         lane ${bytewiseText} not null,
         state ${text} not null check (state in ('pending', 'leased', 'done')),
         attempt ${integer} not null,
         available_at ${integer} not null,
         lease_holder ${text},
         lease_expires_at ${integer})`,
      `create index job_pending on job (queue, group_name, id) where state = 'pending'`,
      `create index job_leased on job (queue, lease_expires_at) where state = 'leased'`,
    ],
  },
  {
    name: '0002-jobs-payloads-and-results',
    statements: ({ integer, text }) => [
      `alter table job add column payload ${text} not null default ''`,
      `alter table job add column failures ${integer} not null default 0`,
      `alter table job add column last_error ${text}`,
      `alter table job add column outcome ${text}
         check (outcome in ('finished', 'failed', 'withdrawn'))`,
      `alter table job add column done_at ${integer}`,
      `create index job_done on job (queue, done_at) where done_at is not null`,
    ],
  },
];
