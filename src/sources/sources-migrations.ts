import type { ColumnTypes, Migration } from '#platform/db';

/** The tables of sources, in the order they came to be. */
export const sourcesMigrations: readonly Migration[] = [
  { name: '0001-sources', statements: (types) => [...sourceTables(types), ...logTables(types)] },
  {
    name: '0002-providers',
    statements: () => ['alter table source rename column kind to provider'],
  },
  { name: '0003-deliveries-before-looks', statements: deliveryStates },
  {
    name: '0004-deleted-between-looks',
    statements: ({ integer }) => [
      `alter table source_ref add column was_deleted ${integer} not null default 0`,
    ],
  },
];

/** `source_ref` is what we know the refs to be. */
function sourceTables({ integer, serial, text, bytewiseText }: ColumnTypes): string[] {
  return [
    `create table source (
      id ${serial},
      kind ${text} not null,
      name ${bytewiseText} not null,
      default_branch ${text},
      observation ${integer} not null,
      created_at ${integer} not null
    )`,
    `create unique index source_name on source (kind, name)`,
    `create table source_ref (
      source_id ${integer} not null references source (id),
      ref_type ${text} not null check (ref_type in ('branch', 'tag')),
      ref_name ${bytewiseText} not null,
      commit_id ${text} not null,
      seq ${integer} not null,
      primary key (source_id, ref_type, ref_name)
    )`,
  ];
}

/**
 * A delivery is kept before anybody looks. Those of before were looked into and planned at once. Only
 * the holder of a source's job records now, so changes need not be counted.
 */
function deliveryStates({ integer, text }: ColumnTypes): string[] {
  return [
    `alter table delivery add column state ${text} not null default 'done'
       check (state in ('received', 'recorded', 'done'))`,
    `alter table delivery add column error ${text}`,
    `create index delivery_open on delivery (source_id, id) where state <> 'done'`,
    `create index ref_log_source on ref_log (source_id, seq)`,
    `alter table source drop column observation`,
    `alter table source add column taken_seq ${integer} not null default 0`,
    `update source set taken_seq =
       (select coalesce(max(seq), 0) from ref_log where ref_log.source_id = source.id)`,
  ];
}

/** Both only grow. A change without a commit is a ref that was deleted. */
function logTables({ integer, serial, text, bytewiseText }: ColumnTypes): string[] {
  return [
    `create table delivery (
      id ${serial},
      source_id ${integer} not null references source (id),
      cause ${text} not null,
      pushed_by ${text},
      received_at ${integer} not null
    )`,
    `create index delivery_source on delivery (source_id, id)`,
    `create table ref_log (
      seq ${serial},
      source_id ${integer} not null references source (id),
      delivery_id ${integer} not null references delivery (id),
      ref_type ${text} not null check (ref_type in ('branch', 'tag')),
      ref_name ${bytewiseText} not null,
      commit_id ${text},
      observed_at ${integer} not null
    )`,
    `create index ref_log_delivery on ref_log (delivery_id, seq)`,
    `create index ref_log_ref on ref_log (source_id, ref_type, ref_name, seq)`,
  ];
}
