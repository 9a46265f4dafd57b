import type { ColumnTypes, Migration } from '#platform/db';

/** To be run after those of `#platform/jobs`, whose jobs the builds are. */
export const buildsMigrations: readonly Migration[] = [
  {
    name: '0001-builds',
    statements: (types) => [
      ...configurationTables(types),
      ...buildTables(types),
      ...attemptTables(types),
      ...planningTables(types),
    ],
  },
  {
    name: '0002-sources-by-id',
    statements: () => [
      'alter table build_configuration drop column source_name',
      'alter table build drop column source_name',
    ],
  },
  { name: '0002-builder-connections', statements: builderConnections },
  { name: '0003-log-tail', statements: logTail },
  { name: '0004-log-stray', statements: logStray },
  {
    name: '0003-repositories-by-id',
    statements: () => [
      'alter table build_configuration drop column repository_name',
      'alter table build drop column repository_name',
    ],
  },
  {
    name: '0005-connection-keys',
    statements: ({ text }) => [`alter table builder_connection add column key_digest ${text}`],
  },
  { name: '0005-rules-by-number', statements: rulesByNumber },
  { name: '0006-planning-in-steps', statements: planningInSteps },
  // Builds set them over what people had set, and nobody may set them any more.
  {
    name: '0007-no-reserved-variables',
    statements: () => [
      `delete from build_variable where name in ('SOURCE_TYPE', 'SOURCE_BRANCH', 'SOURCE_COMMIT',
         'GIT_SHA1', 'COMMIT_MSG', 'DOCKER_REPO', 'DOCKER_TAG', 'IMAGE_NAME', 'BUILD_PATH', 'BUILD_CODE',
         'CACHE_TAG')`,
    ],
  },
];

function planningInSteps({ integer, clustered }: ColumnTypes): readonly string[] {
  return [
    `create table push_plan (
       source_id ${integer} not null,
       repository_id ${integer} not null,
       delivery_id ${integer} not null,
       seq ${integer} not null,
       rule_number ${integer},
       has_matched ${integer} not null,
       builds ${integer} not null,
       verdicts ${integer} not null,
       is_cut ${integer} not null,
       primary key (source_id, repository_id)) ${clustered}`,
    `create index discarded_ref_turn on discarded_ref (repository_id, discarded_at, ref_type, ref_name)`,
  ];
}

/**
 * Rules are numbered within their repository. Those that are gone, and that builds and verdicts tell
 * of, were numbered as well: in the order in which they were made.
 */
function rulesByNumber({ integer, text }: ColumnTypes): readonly string[] {
  const numberOf = (table: string) =>
    `(select number from rule_numbering as known where known.repository_id = ${table}.repository_id
       and known.rule_id = ${table}.rule_id)`;
  return [
    `create table rule_numbering as
       select repository_id, rule_id,
         row_number() over (partition by repository_id order by rule_id) as number
       from (select repository_id, id as rule_id from build_rule
         union select repository_id, rule_id from build
         union select repository_id, rule_id from verdict where rule_id is not null) as known`,
    `create index rule_numbering_rule on rule_numbering (repository_id, rule_id)`,
    `create table build_rule_number (repository_id ${integer} primary key, last ${integer} not null)`,
    `insert into build_rule_number (repository_id, last)
       select repository_id, max(number) from rule_numbering group by repository_id`,
    `create table build_rule_kept as select * from build_rule`,
    `drop table build_rule`,
    `create table build_rule (
       repository_id ${integer} not null
         references build_configuration (repository_id) on delete cascade,
       number ${integer} not null,
       position ${integer} not null,
       source_type ${text} not null,
       source ${text} not null,
       docker_tags ${text} not null,
       build_context ${text} not null,
       dockerfile ${text} not null,
       autobuild ${integer} not null,
       caching ${integer} not null,
       primary key (repository_id, number))`,
    `insert into build_rule (repository_id, number, position, source_type, source, docker_tags,
         build_context, dockerfile, autobuild, caching)
       select kept.repository_id, known.number, kept.position, kept.source_type, kept.source,
         kept.docker_tags, kept.build_context, kept.dockerfile, kept.autobuild, kept.caching
       from build_rule_kept as kept join rule_numbering as known
         on known.repository_id = kept.repository_id and known.rule_id = kept.id`,
    `drop table build_rule_kept`,
    `alter table build add column rule_number ${integer} not null default 0`,
    `update build set rule_number = ${numberOf('build')}`,
    `drop index build_once`,
    `alter table build drop column rule_id`,
    `create index build_once on build (repository_id, rule_number, ref_name, id)`,
    `alter table verdict add column rule_number ${integer}`,
    `update verdict set rule_number = ${numberOf('verdict')} where rule_id is not null`,
    `alter table verdict drop column rule_id`,
    `drop table rule_numbering`,
  ];
}

/** Which builder is alive, and what it holds. Attempts of before hold no sandbox that anybody knows of. */
function builderConnections({ integer, serial, text }: ColumnTypes): readonly string[] {
  return [
    `create table builder_connection (
       id ${serial},
       builder ${text} not null,
       server ${text} not null,
       slots ${integer} not null,
       opened_at ${integer} not null,
       heard_at ${integer} not null,
       closed_at ${integer})`,
    `create unique index builder_connection_open on builder_connection (builder)
       where closed_at is null`,
    `create index builder_connection_closed on builder_connection (closed_at)
       where closed_at is not null`,
    `alter table attempt add column connection_id ${integer}`,
    `alter table attempt add column settled_at ${integer}`,
    `update attempt set settled_at = ended_at where state <> 'running'`,
    `drop index attempt_running`,
    `create index attempt_held on attempt (builder) where settled_at is null`,
    `create index attempt_held_over on attempt (connection_id) where settled_at is null`,
  ];
}

function configurationTables({
  integer,
  serial,
  text,
  bytewiseText,
}: ColumnTypes): readonly string[] {
  return [
    `create table build_configuration (
       repository_id ${integer} primary key,
       repository_name ${bytewiseText} not null,
       source_id ${integer} not null,
       source_name ${bytewiseText} not null,
       autotest ${text} not null,
       version ${integer} not null,
       created_at ${integer} not null,
       updated_at ${integer} not null)`,
    `create index build_configuration_source on build_configuration (source_id)`,
    `create table build_rule (
       id ${serial},
       repository_id ${integer} not null
         references build_configuration (repository_id) on delete cascade,
       position ${integer} not null,
       source_type ${text} not null,
       source ${text} not null,
       docker_tags ${text} not null,
       build_context ${text} not null,
       dockerfile ${text} not null,
       autobuild ${integer} not null,
       caching ${integer} not null)`,
    `create index build_rule_repository on build_rule (repository_id, position)`,
    `create table build_variable (
       repository_id ${integer} not null
         references build_configuration (repository_id) on delete cascade,
       name ${bytewiseText} not null,
       sealed_value ${text} not null,
       primary key (repository_id, name))`,
  ];
}

function buildTables({ integer, serial, text, bytewiseText }: ColumnTypes): readonly string[] {
  return [
    `create table build (
       id ${serial},
       job_id ${integer} not null references job (id),
       repository_id ${integer} not null,
       repository_name ${bytewiseText} not null,
       source_id ${integer} not null,
       source_name ${bytewiseText} not null,
       configuration_version ${integer} not null,
       rule_id ${integer} not null,
       rule ${text} not null,
       ref_type ${text} not null,
       ref_name ${bytewiseText} not null,
       commit_id ${text} not null,
       seq ${integer} not null,
       tags ${text} not null,
       push ${integer} not null,
       cause ${text} not null,
       started_by ${text},
       state ${text} not null,
       reason ${text},
       message ${text},
       losses ${integer} not null,
       created_at ${integer} not null,
       started_at ${integer},
       finished_at ${integer})`,
    `create unique index build_job on build (job_id)`,
    `create index build_repository on build (repository_id, id)`,
    `create index build_once on build (rule_id, commit_id, ref_name)`,
    `create index build_active on build (state, started_at) where state in ('in_progress', 'canceling')`,
  ];
}

function attemptTables({ integer, text, bytewiseText }: ColumnTypes): readonly string[] {
  return [
    `create table attempt (
       id ${bytewiseText} primary key,
       build_id ${integer} not null references build (id),
       number ${integer} not null,
       builder ${text} not null,
       token_digest ${bytewiseText} not null,
       versions ${text} not null,
       state ${text} not null,
       reason ${text},
       message ${text},
       phase ${text},
       exit_code ${integer},
       started_at ${integer} not null,
       ended_at ${integer},
       log_lines ${integer} not null,
       log_bytes ${integer} not null,
       log_state ${text} not null)`,
    `create unique index attempt_token on attempt (token_digest)`,
    `create index attempt_build on attempt (build_id, number)`,
    `create index attempt_running on attempt (builder) where state = 'running'`,
    `create index attempt_open_log on attempt (ended_at) where log_state <> 'merged'`,
    `create table attempt_phase (
       attempt_id ${bytewiseText} not null references attempt (id),
       name ${text} not null,
       started_at ${integer} not null,
       ended_at ${integer},
       exit_code ${integer},
       primary key (attempt_id, name))`,
    `create table published_tag (
       attempt_id ${bytewiseText} not null references attempt (id),
       tag ${bytewiseText} not null,
       digest ${bytewiseText} not null,
       outcome ${text} not null,
       message ${text},
       published_at ${integer} not null,
       primary key (attempt_id, tag))`,
    `create table tag_order (
       repository_id ${integer} not null,
       tag ${bytewiseText} not null,
       seq ${integer} not null,
       build_id ${integer} not null,
       primary key (repository_id, tag))`,
    `create table log_segment (
       attempt_id ${bytewiseText} not null references attempt (id),
       first_line ${integer} not null,
       line_count ${integer} not null,
       blob_key ${text} not null,
       primary key (attempt_id, first_line))`,
  ];
}

function planningTables({ integer, serial, text, bytewiseText }: ColumnTypes): readonly string[] {
  return [
    `create table verdict (
       id ${serial},
       delivery_id ${integer} not null,
       repository_id ${integer} not null,
       seq ${integer} not null,
       ref_type ${text} not null,
       ref_name ${bytewiseText} not null,
       rule_id ${integer},
       outcome ${text} not null,
       text ${text} not null,
       build_id ${integer})`,
    `create index verdict_delivery on verdict (delivery_id, repository_id, id)`,
    `create table discarded_ref (
       repository_id ${integer} not null,
       ref_type ${text} not null,
       ref_name ${bytewiseText} not null,
       source_id ${integer} not null,
       delivery_id ${integer} not null,
       discarded_at ${integer} not null,
       primary key (repository_id, ref_type, ref_name))`,
  ];
}

/** The lines of a log that do not fill a segment yet. */
function logTail({ integer, bytes, bytewiseText }: ColumnTypes): readonly string[] {
  return [
    `alter table attempt add column log_tail_bytes ${integer} not null default 0`,
    `create table log_tail (
       attempt_id ${bytewiseText} not null references attempt (id),
       first_line ${integer} not null,
       line_count ${integer} not null,
       bytes ${bytes} not null,
       primary key (attempt_id, first_line))`,
  ];
}

/** What is written for a log before the log refers to it. */
function logStray({ integer, bytewiseText }: ColumnTypes): readonly string[] {
  return [
    `create table log_stray (
       blob_key ${bytewiseText} primary key,
       named_at ${integer} not null,
       is_given_up ${integer} not null)`,
  ];
}
