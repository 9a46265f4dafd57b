create table account (
  id bigint identity always not null,
  namespace_id bigint not null,
  is_administrator bigint not null,
  is_active bigint not null,
  created_at bigint not null,
  FOREIGN KEY (namespace_id) REFERENCES namespace(id),
  PRIMARY KEY (id),
  UNIQUE (namespace_id)
);

create table attempt (
  id text collate C not null,
  build_id bigint not null,
  number bigint not null,
  builder text not null,
  token_digest text collate C not null,
  versions text not null,
  state text not null,
  reason text,
  message text,
  phase text,
  exit_code bigint,
  started_at bigint not null,
  ended_at bigint,
  log_lines bigint not null,
  log_bytes bigint not null,
  log_state text not null,
  connection_id bigint,
  settled_at bigint,
  log_tail_bytes bigint not null default 0,
  FOREIGN KEY (build_id) REFERENCES build(id),
  PRIMARY KEY (id)
);
CREATE INDEX attempt_build ON public.attempt USING btree (build_id, number);
CREATE INDEX attempt_held ON public.attempt USING btree (builder) WHERE (settled_at IS NULL);
CREATE INDEX attempt_held_over ON public.attempt USING btree (connection_id) WHERE (settled_at IS NULL);
CREATE INDEX attempt_open_log ON public.attempt USING btree (ended_at) WHERE (log_state <> 'merged'::text);
CREATE UNIQUE INDEX attempt_token ON public.attempt USING btree (token_digest);

create table attempt_phase (
  attempt_id text collate C not null,
  name text not null,
  started_at bigint not null,
  ended_at bigint,
  exit_code bigint,
  FOREIGN KEY (attempt_id) REFERENCES attempt(id),
  PRIMARY KEY (attempt_id, name)
);

create table blob (
  digest text collate C not null,
  size bigint not null,
  PRIMARY KEY (digest)
);

create table blob_copy (
  key text not null,
  digest text collate C not null,
  state text not null,
  CHECK ((state = ANY (ARRAY['live'::text, 'condemned'::text]))),
  PRIMARY KEY (key)
);
CREATE INDEX blob_copy_condemned ON public.blob_copy USING btree (digest) WHERE (state = 'condemned'::text);
CREATE UNIQUE INDEX blob_copy_live ON public.blob_copy USING btree (digest) WHERE (state = 'live'::text);

create table blob_link (
  repository_id bigint not null,
  digest text collate C not null,
  linked_at bigint not null,
  PRIMARY KEY (repository_id, digest)
);
CREATE INDEX blob_link_digest ON public.blob_link USING btree (digest);

create table build (
  id bigint identity always not null,
  job_id bigint not null,
  repository_id bigint not null,
  source_id bigint not null,
  configuration_version bigint not null,
  rule text not null,
  ref_type text not null,
  ref_name text collate C not null,
  commit_id text not null,
  seq bigint not null,
  tags text not null,
  push bigint not null,
  cause text not null,
  started_by text,
  state text not null,
  reason text,
  message text,
  losses bigint not null,
  created_at bigint not null,
  started_at bigint,
  finished_at bigint,
  rule_number bigint not null default 0,
  FOREIGN KEY (job_id) REFERENCES job(id),
  PRIMARY KEY (id)
);
CREATE INDEX build_active ON public.build USING btree (state, started_at) WHERE (state = ANY (ARRAY['in_progress'::text, 'canceling'::text]));
CREATE UNIQUE INDEX build_job ON public.build USING btree (job_id);
CREATE INDEX build_once ON public.build USING btree (repository_id, rule_number, ref_name, id);
CREATE INDEX build_repository ON public.build USING btree (repository_id, id);

create table build_configuration (
  repository_id bigint not null,
  source_id bigint not null,
  autotest text not null,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  PRIMARY KEY (repository_id)
);
CREATE INDEX build_configuration_source ON public.build_configuration USING btree (source_id);

create table build_rule (
  repository_id bigint not null,
  number bigint not null,
  position bigint not null,
  source_type text not null,
  source text not null,
  docker_tags text not null,
  build_context text not null,
  dockerfile text not null,
  autobuild bigint not null,
  caching bigint not null,
  FOREIGN KEY (repository_id) REFERENCES build_configuration(repository_id) ON DELETE CASCADE,
  PRIMARY KEY (repository_id, number)
);

create table build_rule_number (
  repository_id bigint not null,
  last bigint not null,
  PRIMARY KEY (repository_id)
);

create table build_variable (
  repository_id bigint not null,
  name text collate C not null,
  sealed_value text not null,
  FOREIGN KEY (repository_id) REFERENCES build_configuration(repository_id) ON DELETE CASCADE,
  PRIMARY KEY (repository_id, name)
);

create table builder_connection (
  id bigint identity always not null,
  builder text not null,
  server text not null,
  slots bigint not null,
  opened_at bigint not null,
  heard_at bigint not null,
  closed_at bigint,
  key_digest text,
  PRIMARY KEY (id)
);
CREATE INDEX builder_connection_closed ON public.builder_connection USING btree (closed_at) WHERE (closed_at IS NOT NULL);
CREATE UNIQUE INDEX builder_connection_open ON public.builder_connection USING btree (builder) WHERE (closed_at IS NULL);

create table delivery (
  id bigint identity always not null,
  source_id bigint not null,
  cause text not null,
  pushed_by text,
  received_at bigint not null,
  state text not null default 'done'::text,
  error text,
  CHECK ((state = ANY (ARRAY['received'::text, 'recorded'::text, 'done'::text]))),
  FOREIGN KEY (source_id) REFERENCES source(id),
  PRIMARY KEY (id)
);
CREATE INDEX delivery_open ON public.delivery USING btree (source_id, id) WHERE (state <> 'done'::text);
CREATE INDEX delivery_source ON public.delivery USING btree (source_id, id);

create table discarded_ref (
  repository_id bigint not null,
  ref_type text not null,
  ref_name text collate C not null,
  source_id bigint not null,
  delivery_id bigint not null,
  discarded_at bigint not null,
  PRIMARY KEY (repository_id, ref_type, ref_name)
);
CREATE INDEX discarded_ref_turn ON public.discarded_ref USING btree (repository_id, discarded_at, ref_type, ref_name);

create table git_repository (
  id bigint identity always not null,
  name text collate C not null,
  created_at bigint not null,
  known_refs bigint not null default 0,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX git_repository_name ON public.git_repository USING btree (name);

create table grantee (
  id bigint identity always not null,
  kind text not null,
  account_id bigint,
  FOREIGN KEY (account_id) REFERENCES account(id),
  PRIMARY KEY (id),
  UNIQUE (account_id)
);

create table grantee_member (
  grantee_id bigint not null,
  member_id bigint not null,
  FOREIGN KEY (grantee_id) REFERENCES grantee(id),
  FOREIGN KEY (member_id) REFERENCES grantee(id),
  PRIMARY KEY (member_id, grantee_id)
);
CREATE INDEX grantee_member_grantee ON public.grantee_member USING btree (grantee_id);

create table job (
  id bigint identity always not null,
  queue text not null,
  group_name text collate C not null,
  lane text collate C not null,
  state text not null,
  attempt bigint not null,
  available_at bigint not null,
  lease_holder text,
  lease_expires_at bigint,
  payload text not null default ''::text,
  failures bigint not null default 0,
  last_error text,
  outcome text,
  done_at bigint,
  CHECK ((outcome = ANY (ARRAY['finished'::text, 'failed'::text, 'withdrawn'::text]))),
  CHECK ((state = ANY (ARRAY['pending'::text, 'leased'::text, 'done'::text]))),
  PRIMARY KEY (id)
);
CREATE INDEX job_done ON public.job USING btree (queue, done_at) WHERE (done_at IS NOT NULL);
CREATE INDEX job_leased ON public.job USING btree (queue, lease_expires_at) WHERE (state = 'leased'::text);
CREATE INDEX job_pending ON public.job USING btree (queue, group_name, id) WHERE (state = 'pending'::text);

create table job_group (
  queue text not null,
  name text collate C not null,
  concurrency bigint not null,
  pending bigint not null,
  running bigint not null,
  served_at bigint not null,
  PRIMARY KEY (queue, name)
);
CREATE INDEX job_group_turn ON public.job_group USING btree (queue, running, served_at, name) WHERE (pending > 0);

create table job_lane (
  queue text not null,
  group_name text collate C not null,
  name text collate C not null,
  running bigint not null,
  served_at bigint not null,
  PRIMARY KEY (queue, group_name, name)
);

create table log_segment (
  attempt_id text collate C not null,
  first_line bigint not null,
  line_count bigint not null,
  blob_key text not null,
  FOREIGN KEY (attempt_id) REFERENCES attempt(id),
  PRIMARY KEY (attempt_id, first_line)
);

create table log_stray (
  blob_key text collate C not null,
  named_at bigint not null,
  is_given_up bigint not null,
  PRIMARY KEY (blob_key)
);

create table log_tail (
  attempt_id text collate C not null,
  first_line bigint not null,
  line_count bigint not null,
  bytes bytea not null,
  FOREIGN KEY (attempt_id) REFERENCES attempt(id),
  PRIMARY KEY (attempt_id, first_line)
);

create table manifest (
  id bigint identity always not null,
  digest text collate C not null,
  bytes bytea not null,
  facts text,
  content_type text,
  PRIMARY KEY (id),
  UNIQUE (digest)
);

create table manifest_edge (
  repository_id bigint not null,
  child text collate C not null,
  parent bigint not null,
  kind text not null default 'blob'::text,
  CHECK ((kind = ANY (ARRAY['blob'::text, 'manifest'::text]))),
  PRIMARY KEY (repository_id, child, parent)
);
CREATE INDEX manifest_edge_parent ON public.manifest_edge USING btree (parent, repository_id);

create table namespace (
  id bigint identity always not null,
  name text not null,
  kind text not null,
  created_at bigint not null,
  PRIMARY KEY (id),
  UNIQUE (name)
);

create table namespace_grant (
  namespace_id bigint not null,
  grantee_id bigint not null,
  role text not null,
  FOREIGN KEY (grantee_id) REFERENCES grantee(id),
  FOREIGN KEY (namespace_id) REFERENCES namespace(id),
  PRIMARY KEY (grantee_id, namespace_id)
);
CREATE INDEX namespace_grant_namespace ON public.namespace_grant USING btree (namespace_id);

create table namespace_settings (
  namespace_id bigint not null,
  is_private_by_default bigint not null,
  FOREIGN KEY (namespace_id) REFERENCES namespace(id),
  PRIMARY KEY (namespace_id)
);

create table outbox (
  id bigint identity always not null,
  topic text collate C not null,
  payload text not null,
  created_at bigint not null,
  position bigint,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX outbox_position ON public.outbox USING btree ("position");
CREATE INDEX outbox_unplaced ON public.outbox USING btree (id) WHERE ("position" IS NULL);

create table outbox_consumer (
  name text collate C not null,
  position bigint not null,
  PRIMARY KEY (name)
);

create table outbox_end (
  id bigint not null,
  position bigint not null,
  CHECK ((id = 1)),
  PRIMARY KEY (id)
);

create table password (
  account_id bigint not null,
  hash text not null,
  changed_at bigint not null,
  FOREIGN KEY (account_id) REFERENCES account(id),
  PRIMARY KEY (account_id)
);

create table personal_access_token (
  id text not null,
  account_id bigint not null,
  label text not null,
  digest text not null,
  scope text not null,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint,
  FOREIGN KEY (account_id) REFERENCES account(id),
  PRIMARY KEY (id),
  UNIQUE (digest)
);
CREATE INDEX personal_access_token_account ON public.personal_access_token USING btree (account_id);

create table publish_order (
  repository_id bigint not null,
  tag text collate C not null,
  position bigint not null,
  label text not null,
  PRIMARY KEY (repository_id, tag)
);

create table published_tag (
  attempt_id text collate C not null,
  tag text collate C not null,
  digest text collate C not null,
  outcome text not null,
  message text,
  published_at bigint not null,
  FOREIGN KEY (attempt_id) REFERENCES attempt(id),
  PRIMARY KEY (attempt_id, tag)
);

create table push_plan (
  source_id bigint not null,
  repository_id bigint not null,
  delivery_id bigint not null,
  seq bigint not null,
  rule_number bigint,
  has_matched bigint not null,
  builds bigint not null,
  verdicts bigint not null,
  is_cut bigint not null,
  PRIMARY KEY (source_id, repository_id)
);

create table ref_log (
  seq bigint identity always not null,
  source_id bigint not null,
  delivery_id bigint not null,
  ref_type text not null,
  ref_name text collate C not null,
  commit_id text,
  observed_at bigint not null,
  CHECK ((ref_type = ANY (ARRAY['branch'::text, 'tag'::text]))),
  FOREIGN KEY (delivery_id) REFERENCES delivery(id),
  FOREIGN KEY (source_id) REFERENCES source(id),
  PRIMARY KEY (seq)
);
CREATE INDEX ref_log_delivery ON public.ref_log USING btree (delivery_id, seq);
CREATE INDEX ref_log_ref ON public.ref_log USING btree (source_id, ref_type, ref_name, seq);
CREATE INDEX ref_log_source ON public.ref_log USING btree (source_id, seq);

create table repository (
  id bigint identity always not null,
  namespace_id bigint not null,
  name text collate C not null,
  is_private bigint not null,
  description text not null,
  created_at bigint not null,
  last_pushed_at bigint,
  deleted_at bigint,
  edited_at bigint,
  FOREIGN KEY (namespace_id) REFERENCES namespace(id),
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX repository_name ON public.repository USING btree (name) WHERE (deleted_at IS NULL);
CREATE INDEX repository_namespace ON public.repository USING btree (namespace_id, name) WHERE (deleted_at IS NULL);
CREATE INDEX repository_namespace_public ON public.repository USING btree (namespace_id, name) WHERE ((deleted_at IS NULL) AND (is_private = 0));
CREATE INDEX repository_public ON public.repository USING btree (name) WHERE ((deleted_at IS NULL) AND (is_private = 0));

create table repository_grant (
  repository_id bigint not null,
  grantee_id bigint not null,
  role text not null,
  FOREIGN KEY (grantee_id) REFERENCES grantee(id),
  FOREIGN KEY (repository_id) REFERENCES repository(id),
  PRIMARY KEY (grantee_id, repository_id)
);
CREATE INDEX repository_grant_repository ON public.repository_grant USING btree (repository_id);

create table repository_manifest (
  repository_id bigint not null,
  digest text collate C not null,
  stage text not null,
  media_type text not null,
  size bigint not null,
  subject text collate C,
  pushed_at bigint not null,
  pushed_by text not null,
  PRIMARY KEY (repository_id, digest, stage)
);
CREATE INDEX repository_manifest_stage ON public.repository_manifest USING btree (stage) WHERE (stage <> ''::text);
CREATE INDEX repository_manifest_subject ON public.repository_manifest USING btree (repository_id, subject) WHERE (subject IS NOT NULL);

create table repository_overview (
  repository_id bigint not null,
  text text not null,
  FOREIGN KEY (repository_id) REFERENCES repository(id),
  PRIMARY KEY (repository_id)
);

create table schema_migration (
  name text not null,
  PRIMARY KEY (name)
);

create table session (
  id text not null,
  account_id bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  last_used_at bigint not null,
  remote_address text,
  user_agent text,
  FOREIGN KEY (account_id) REFERENCES account(id),
  PRIMARY KEY (id)
);
CREATE INDEX session_account ON public.session USING btree (account_id);
CREATE INDEX session_expiry ON public.session USING btree (expires_at);

create table source (
  id bigint identity always not null,
  provider text not null,
  name text collate C not null,
  default_branch text,
  created_at bigint not null,
  taken_seq bigint not null default 0,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX source_name ON public.source USING btree (provider, name);

create table source_ref (
  source_id bigint not null,
  ref_type text not null,
  ref_name text collate C not null,
  commit_id text not null,
  seq bigint not null,
  was_deleted bigint not null default 0,
  CHECK ((ref_type = ANY (ARRAY['branch'::text, 'tag'::text]))),
  FOREIGN KEY (source_id) REFERENCES source(id),
  PRIMARY KEY (source_id, ref_type, ref_name)
);

create table staged_tag (
  stage text not null,
  repository_id bigint not null,
  name text collate C not null,
  digest text collate C not null,
  PRIMARY KEY (stage, repository_id, name)
);

create table tag (
  repository_id bigint not null,
  name text collate C not null,
  digest text collate C not null,
  moved_at bigint not null,
  moved_by text not null,
  PRIMARY KEY (repository_id, name)
);
CREATE INDEX tag_digest ON public.tag USING btree (repository_id, digest);
CREATE INDEX tag_moved_at ON public.tag USING btree (repository_id, moved_at, name);

create table tag_immutability (
  repository_id bigint not null,
  mode text not null,
  patterns text not null,
  FOREIGN KEY (repository_id) REFERENCES repository(id),
  PRIMARY KEY (repository_id)
);

create table upload (
  id text not null,
  repository_id bigint not null,
  subject text not null,
  key text not null,
  received_bytes bigint not null,
  digest_so_far text,
  writer text,
  writer_until bigint not null,
  expires_at bigint not null,
  resume_token text,
  writer_key text,
  PRIMARY KEY (id)
);
CREATE INDEX upload_expires_at ON public.upload USING btree (expires_at);
CREATE INDEX upload_repository ON public.upload USING btree (repository_id) WHERE (subject <> ''::text);
CREATE INDEX upload_subject ON public.upload USING btree (subject) WHERE (subject <> ''::text);

create table verdict (
  id bigint identity always not null,
  delivery_id bigint not null,
  repository_id bigint not null,
  seq bigint not null,
  ref_type text not null,
  ref_name text collate C not null,
  outcome text not null,
  text text not null,
  build_id bigint,
  rule_number bigint,
  PRIMARY KEY (id)
);
CREATE INDEX verdict_delivery ON public.verdict USING btree (delivery_id, repository_id, id);
