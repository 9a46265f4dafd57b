CREATE TABLE account (
  id integer primary key autoincrement,
  namespace_id integer not null unique references namespace (id),
  is_administrator integer not null,
  is_active integer not null,
  created_at integer not null);

CREATE TABLE attempt (
  id text primary key,
  build_id integer not null references build (id),
  number integer not null,
  builder text not null,
  token_digest text not null,
  versions text not null,
  state text not null,
  reason text,
  message text,
  phase text,
  exit_code integer,
  started_at integer not null,
  ended_at integer,
  log_lines integer not null,
  log_bytes integer not null,
  log_state text not null, connection_id integer, settled_at integer, log_tail_bytes integer not null default 0);

CREATE INDEX attempt_build on attempt (build_id, number);

CREATE INDEX attempt_held on attempt (builder) where settled_at is null;

CREATE INDEX attempt_held_over on attempt (connection_id) where settled_at is null;

CREATE INDEX attempt_open_log on attempt (ended_at) where log_state <> 'merged';

CREATE UNIQUE INDEX attempt_token on attempt (token_digest);

CREATE TABLE attempt_phase (
  attempt_id text not null references attempt (id),
  name text not null,
  started_at integer not null,
  ended_at integer,
  exit_code integer,
  primary key (attempt_id, name));

CREATE TABLE blob (
  digest text primary key,
  size integer not null
  );

CREATE TABLE blob_copy (
  key text primary key,
  digest text not null,
  state text not null check (state in ('live', 'condemned'))
  );

CREATE INDEX blob_copy_condemned on blob_copy (digest) where state = 'condemned';

CREATE UNIQUE INDEX blob_copy_live on blob_copy (digest) where state = 'live';

CREATE TABLE blob_link (
  repository_id integer not null,
  digest text not null,
  linked_at integer not null,
  primary key (repository_id, digest)
  ) without rowid;

CREATE INDEX blob_link_digest on blob_link (digest);

CREATE TABLE build (
  id integer primary key autoincrement,
  job_id integer not null references job (id),
  repository_id integer not null,
  source_id integer not null,
  configuration_version integer not null,
  rule text not null,
  ref_type text not null,
  ref_name text not null,
  commit_id text not null,
  seq integer not null,
  tags text not null,
  push integer not null,
  cause text not null,
  started_by text,
  state text not null,
  reason text,
  message text,
  losses integer not null,
  created_at integer not null,
  started_at integer,
  finished_at integer, rule_number integer not null default 0);

CREATE INDEX build_active on build (state, started_at) where state in ('in_progress', 'canceling');

CREATE UNIQUE INDEX build_job on build (job_id);

CREATE INDEX build_once on build (repository_id, rule_number, ref_name, id);

CREATE INDEX build_repository on build (repository_id, id);

CREATE TABLE build_configuration (
  repository_id integer primary key,
  source_id integer not null,
  autotest text not null,
  version integer not null,
  created_at integer not null,
  updated_at integer not null);

CREATE INDEX build_configuration_source on build_configuration (source_id);

CREATE TABLE build_rule (
  repository_id integer not null
  references build_configuration (repository_id) on delete cascade,
  number integer not null,
  position integer not null,
  source_type text not null,
  source text not null,
  docker_tags text not null,
  build_context text not null,
  dockerfile text not null,
  autobuild integer not null,
  caching integer not null,
  primary key (repository_id, number));

CREATE TABLE build_rule_number (repository_id integer primary key, last integer not null);

CREATE TABLE build_variable (
  repository_id integer not null
  references build_configuration (repository_id) on delete cascade,
  name text not null,
  sealed_value text not null,
  primary key (repository_id, name));

CREATE TABLE builder_connection (
  id integer primary key autoincrement,
  builder text not null,
  server text not null,
  slots integer not null,
  opened_at integer not null,
  heard_at integer not null,
  closed_at integer, key_digest text);

CREATE INDEX builder_connection_closed on builder_connection (closed_at)
  where closed_at is not null;

CREATE UNIQUE INDEX builder_connection_open on builder_connection (builder)
  where closed_at is null;

CREATE TABLE delivery (
  id integer primary key autoincrement,
  source_id integer not null references source (id),
  cause text not null,
  pushed_by text,
  received_at integer not null
  , state text not null default 'done'
  check (state in ('received', 'recorded', 'done')), error text);

CREATE INDEX delivery_open on delivery (source_id, id) where state <> 'done';

CREATE INDEX delivery_source on delivery (source_id, id);

CREATE TABLE discarded_ref (
  repository_id integer not null,
  ref_type text not null,
  ref_name text not null,
  source_id integer not null,
  delivery_id integer not null,
  discarded_at integer not null,
  primary key (repository_id, ref_type, ref_name));

CREATE INDEX discarded_ref_turn on discarded_ref (repository_id, discarded_at, ref_type, ref_name);

CREATE TABLE git_repository (
  id integer primary key autoincrement,
  name text not null,
  created_at integer not null, known_refs integer not null default 0);

CREATE UNIQUE INDEX git_repository_name on git_repository (name);

CREATE TABLE grantee (
  id integer primary key autoincrement,
  kind text not null,
  account_id integer unique references account (id));

CREATE TABLE grantee_member (
  grantee_id integer not null references grantee (id),
  member_id integer not null references grantee (id),
  primary key (member_id, grantee_id)) without rowid;

CREATE INDEX grantee_member_grantee on grantee_member (grantee_id);

CREATE TABLE job (
  id integer primary key autoincrement,
  queue text not null,
  group_name text not null,
  lane text not null,
  state text not null check (state in ('pending', 'leased', 'done')),
  attempt integer not null,
  available_at integer not null,
  lease_holder text,
  lease_expires_at integer, payload text not null default '', failures integer not null default 0, last_error text, outcome text
  check (outcome in ('finished', 'failed', 'withdrawn')), done_at integer);

CREATE INDEX job_done on job (queue, done_at) where done_at is not null;

CREATE INDEX job_leased on job (queue, lease_expires_at) where state = 'leased';

CREATE INDEX job_pending on job (queue, group_name, id) where state = 'pending';

CREATE TABLE job_group (
  queue text not null,
  name text not null,
  concurrency integer not null,
  pending integer not null,
  running integer not null,
  served_at integer not null,
  primary key (queue, name));

CREATE INDEX job_group_turn on job_group (queue, running, served_at, name) where pending > 0;

CREATE TABLE job_lane (
  queue text not null,
  group_name text not null,
  name text not null,
  running integer not null,
  served_at integer not null,
  primary key (queue, group_name, name));

CREATE TABLE log_segment (
  attempt_id text not null references attempt (id),
  first_line integer not null,
  line_count integer not null,
  blob_key text not null,
  primary key (attempt_id, first_line));

CREATE TABLE log_stray (
  blob_key text primary key,
  named_at integer not null,
  is_given_up integer not null);

CREATE TABLE log_tail (
  attempt_id text not null references attempt (id),
  first_line integer not null,
  line_count integer not null,
  bytes blob not null,
  primary key (attempt_id, first_line));

CREATE TABLE manifest (
  id integer primary key autoincrement,
  digest text not null unique,
  bytes blob not null
  , facts text, content_type text);

CREATE TABLE manifest_edge (
  repository_id integer not null,
  child text not null,
  parent integer not null, kind text not null default 'blob' check (kind in ('blob', 'manifest')),
  primary key (repository_id, child, parent)
  ) without rowid;

CREATE INDEX manifest_edge_parent on manifest_edge (parent, repository_id);

CREATE TABLE namespace (
  id integer primary key autoincrement,
  name text not null unique,
  kind text not null,
  created_at integer not null);

CREATE TABLE namespace_grant (
  namespace_id integer not null references namespace (id),
  grantee_id integer not null references grantee (id),
  role text not null,
  primary key (grantee_id, namespace_id)) without rowid;

CREATE INDEX namespace_grant_namespace on namespace_grant (namespace_id);

CREATE TABLE namespace_settings (
  namespace_id integer primary key references namespace (id),
  is_private_by_default integer not null);

CREATE TABLE outbox (
  id integer primary key autoincrement,
  topic text not null,
  payload text not null,
  created_at integer not null,
  position integer);

CREATE UNIQUE INDEX outbox_position on outbox (position);

CREATE INDEX outbox_unplaced on outbox (id) where position is null;

CREATE TABLE outbox_consumer (
  name text primary key,
  position integer not null);

CREATE TABLE outbox_end (
  id integer primary key check (id = 1),
  position integer not null);

CREATE TABLE password (
  account_id integer primary key references account (id),
  hash text not null,
  changed_at integer not null);

CREATE TABLE personal_access_token (
  id text primary key,
  account_id integer not null references account (id),
  label text not null,
  digest text not null unique,
  scope text not null,
  created_at integer not null,
  expires_at integer,
  last_used_at integer,
  revoked_at integer);

CREATE INDEX personal_access_token_account on personal_access_token (account_id);

CREATE TABLE publish_order (
  repository_id integer not null,
  tag text not null,
  position integer not null,
  label text not null,
  primary key (repository_id, tag)
  ) without rowid;

CREATE TABLE published_tag (
  attempt_id text not null references attempt (id),
  tag text not null,
  digest text not null,
  outcome text not null,
  message text,
  published_at integer not null,
  primary key (attempt_id, tag));

CREATE TABLE push_plan (
  source_id integer not null,
  repository_id integer not null,
  delivery_id integer not null,
  seq integer not null,
  rule_number integer,
  has_matched integer not null,
  builds integer not null,
  verdicts integer not null,
  is_cut integer not null,
  primary key (source_id, repository_id)) without rowid;

CREATE TABLE ref_log (
  seq integer primary key autoincrement,
  source_id integer not null references source (id),
  delivery_id integer not null references delivery (id),
  ref_type text not null check (ref_type in ('branch', 'tag')),
  ref_name text not null,
  commit_id text,
  observed_at integer not null
  );

CREATE INDEX ref_log_delivery on ref_log (delivery_id, seq);

CREATE INDEX ref_log_ref on ref_log (source_id, ref_type, ref_name, seq);

CREATE INDEX ref_log_source on ref_log (source_id, seq);

CREATE TABLE repository (
  id integer primary key autoincrement,
  namespace_id integer not null references namespace (id),
  name text not null,
  is_private integer not null,
  description text not null,
  created_at integer not null,
  last_pushed_at integer,
  deleted_at integer, edited_at integer);

CREATE UNIQUE INDEX repository_name on repository (name) where deleted_at is null;

CREATE INDEX repository_namespace on repository (namespace_id, name) where deleted_at is null;

CREATE INDEX repository_namespace_public on repository (namespace_id, name)
  where deleted_at is null and is_private = 0;

CREATE INDEX repository_public on repository (name)
  where deleted_at is null and is_private = 0;

CREATE TABLE repository_grant (
  repository_id integer not null references repository (id),
  grantee_id integer not null references grantee (id),
  role text not null,
  primary key (grantee_id, repository_id)) without rowid;

CREATE INDEX repository_grant_repository on repository_grant (repository_id);

CREATE TABLE repository_manifest (
  repository_id integer not null,
  digest text not null,
  stage text not null,
  media_type text not null,
  size integer not null,
  subject text,
  pushed_at integer not null,
  pushed_by text not null,
  primary key (repository_id, digest, stage)
  );

CREATE INDEX repository_manifest_stage on repository_manifest (stage) where stage <> '';

CREATE INDEX repository_manifest_subject on repository_manifest (repository_id, subject)
  where subject is not null;

CREATE TABLE repository_overview (
  repository_id integer primary key references repository (id),
  text text not null);

CREATE TABLE schema_migration (name text primary key);

CREATE TABLE session (
  id text primary key,
  account_id integer not null references account (id),
  created_at integer not null,
  expires_at integer not null,
  last_used_at integer not null,
  remote_address text,
  user_agent text);

CREATE INDEX session_account on session (account_id);

CREATE INDEX session_expiry on session (expires_at);

CREATE TABLE source (
  id integer primary key autoincrement,
  provider text not null,
  name text not null,
  default_branch text,
  created_at integer not null
  , taken_seq integer not null default 0);

CREATE UNIQUE INDEX source_name on source (provider, name);

CREATE TABLE source_ref (
  source_id integer not null references source (id),
  ref_type text not null check (ref_type in ('branch', 'tag')),
  ref_name text not null,
  commit_id text not null,
  seq integer not null, was_deleted integer not null default 0,
  primary key (source_id, ref_type, ref_name)
  );

CREATE TABLE staged_tag (
  stage text not null,
  repository_id integer not null,
  name text not null,
  digest text not null,
  primary key (stage, repository_id, name)
  );

CREATE TABLE tag (
  repository_id integer not null,
  name text not null,
  digest text not null,
  moved_at integer not null,
  moved_by text not null,
  primary key (repository_id, name)
  );

CREATE INDEX tag_digest on tag (repository_id, digest);

CREATE INDEX tag_moved_at on tag (repository_id, moved_at, name);

CREATE TABLE tag_immutability (
  repository_id integer primary key references repository (id),
  mode text not null,
  patterns text not null);

CREATE TABLE upload (
  id text primary key,
  repository_id integer not null,
  subject text not null,
  key text not null,
  received_bytes integer not null,
  digest_so_far text,
  writer text,
  writer_until integer not null,
  expires_at integer not null
  , resume_token text, writer_key text);

CREATE INDEX upload_expires_at on upload (expires_at);

CREATE INDEX upload_repository on upload (repository_id) where subject <> '';

CREATE INDEX upload_subject on upload (subject) where subject <> '';

CREATE TABLE verdict (
  id integer primary key autoincrement,
  delivery_id integer not null,
  repository_id integer not null,
  seq integer not null,
  ref_type text not null,
  ref_name text not null,
  outcome text not null,
  text text not null,
  build_id integer, rule_number integer);

CREATE INDEX verdict_delivery on verdict (delivery_id, repository_id, id);
