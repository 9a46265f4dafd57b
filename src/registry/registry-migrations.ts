import type { ColumnTypes, Migration } from '#platform/db';

/** The registry's tables, in the order they came to be. */
export const registryMigrations: readonly Migration[] = [
  {
    name: '0001-registry',
    statements: (types) => [...blobTables(types), ...manifestTables(types)],
  },
  { name: '0002-registry-edges-by-parent', statements: edgesByParent },
  { name: '0003-registry-publish-order', statements: publishOrder },
  { name: '0004-registry-resume-token', statements: resumeToken },
  { name: '0005-registry-upload-keys', statements: uploadKeys },
  { name: '0006-registry-condemned-copies', statements: condemnedCopies },
  { name: '0007-registry-counted-uploads', statements: countedUploads },
  { name: '0008-registry-manifest-facts', statements: manifestFacts },
];

/**
 * `blob` is what edges point to; `blob_copy` says where its bytes lie, of which at most one copy is
 * live; `blob_link` makes it readable in a repository. An upload names its key before the first byte
 * is written, so bytes that no row knows cannot exist.
 */
function blobTables({ integer, text, bytewiseText, clustered }: ColumnTypes): string[] {
  return [
    `create table blob (
      digest ${bytewiseText} primary key,
      size ${integer} not null
    )`,
    `create table blob_copy (
      key ${text} primary key,
      digest ${bytewiseText} not null,
      state ${text} not null check (state in ('live', 'condemned'))
    )`,
    `create unique index blob_copy_live on blob_copy (digest) where state = 'live'`,
    `create index blob_copy_condemned on blob_copy (key) where state = 'condemned'`,
    `create table blob_link (
      repository_id ${integer} not null,
      digest ${bytewiseText} not null,
      linked_at ${integer} not null,
      primary key (repository_id, digest)
    ) ${clustered}`,
    `create index blob_link_digest on blob_link (digest)`,
    `create table upload (
      id ${text} primary key,
      repository_id ${integer} not null,
      subject ${text} not null,
      key ${text} not null,
      received_bytes ${integer} not null,
      digest_so_far ${text},
      writer ${text},
      writer_until ${integer} not null,
      expires_at ${integer} not null
    )`,
    `create index upload_expires_at on upload (expires_at)`,
  ];
}

/**
 * `manifest` holds bytes once for all repositories. `repository_manifest` says which repository holds
 * which: with an empty `stage` for all to see and to keep, else for that stage alone.
 * `manifest_edge` says what a repository needs a blob or a manifest for. It names its parent by
 * number: those ascend, so that pushes over one base layer write to one end of its entries.
 */
function manifestTables(types: ColumnTypes): string[] {
  const { integer, serial, text, bytes, bytewiseText, clustered } = types;
  return [
    `create table manifest (
      id ${serial},
      digest ${bytewiseText} not null unique,
      bytes ${bytes} not null
    )`,
    `create table manifest_edge (
      repository_id ${integer} not null,
      child ${bytewiseText} not null,
      parent ${integer} not null,
      primary key (repository_id, child, parent)
    ) ${clustered}`,
    `create table repository_manifest (
      repository_id ${integer} not null,
      digest ${bytewiseText} not null,
      stage ${text} not null,
      media_type ${text} not null,
      size ${integer} not null,
      subject ${bytewiseText},
      pushed_at ${integer} not null,
      pushed_by ${text} not null,
      primary key (repository_id, digest, stage)
    )`,
    `create index repository_manifest_stage on repository_manifest (stage) where stage <> ''`,
    `create index repository_manifest_subject on repository_manifest (repository_id, subject)
      where subject is not null`,
    `create table tag (
      repository_id ${integer} not null,
      name ${bytewiseText} not null,
      digest ${bytewiseText} not null,
      moved_at ${integer} not null,
      moved_by ${text} not null,
      primary key (repository_id, name)
    )`,
    `create index tag_digest on tag (repository_id, digest)`,
    `create table staged_tag (
      stage ${text} not null,
      repository_id ${integer} not null,
      name ${bytewiseText} not null,
      digest ${bytewiseText} not null,
      primary key (stage, repository_id, name)
    )`,
  ];
}

/** What a manifest needs is found from its side too, and says whether it is a manifest itself. */
function edgesByParent({ text }: ColumnTypes): string[] {
  return [
    `alter table manifest_edge add column
       kind ${text} not null default 'blob' check (kind in ('blob', 'manifest'))`,
    `update manifest_edge set kind = 'manifest' where exists (
       select 1 from manifest join repository_manifest held on held.digest = manifest.digest
       where manifest.id = manifest_edge.parent
         and held.repository_id = manifest_edge.repository_id
         and held.media_type in (
           'application/vnd.oci.image.index.v1+json',
           'application/vnd.docker.distribution.manifest.list.v2+json'))`,
    `create index manifest_edge_parent on manifest_edge (parent, repository_id)`,
  ];
}

/** The newest publication that set a tag. Kept beside the tag, since it outlives its deletion. */
function publishOrder({ integer, text, bytewiseText, clustered }: ColumnTypes): string[] {
  return [
    `create table publish_order (
      repository_id ${integer} not null,
      tag ${bytewiseText} not null,
      position ${integer} not null,
      label ${text} not null,
      primary key (repository_id, tag)
    ) ${clustered}`,
  ];
}

/** What the store goes on from. Until now it was files, whose token is how many bytes there are. */
function resumeToken({ text }: ColumnTypes): string[] {
  return [
    `alter table upload add column resume_token ${text}`,
    `update upload set resume_token = cast(received_bytes as text) where received_bytes > 0`,
  ];
}

/** A session that was taken over writes to a key of its own; and who has how many is counted. */
function uploadKeys({ text }: ColumnTypes): string[] {
  return [
    `alter table upload add column writer_key ${text}`,
    `create index upload_subject on upload (subject)`,
    `create index upload_repository on upload (repository_id)`,
  ];
}

/** Condemned copies are found by their blob: they may be whole after all, or be replaced. */
function condemnedCopies(): string[] {
  return [
    `drop index blob_copy_condemned`,
    `create index blob_copy_condemned on blob_copy (digest) where state = 'condemned'`,
  ];
}

/**
 * What only names its key is no session that anybody counts: an upload in one request, and bytes that
 * were left. Such rows have no subject, and cost no entry of these indexes.
 */
function countedUploads(): string[] {
  return [
    `drop index upload_subject`,
    `drop index upload_repository`,
    `create index upload_subject on upload (subject) where subject <> ''`,
    `create index upload_repository on upload (repository_id) where subject <> ''`,
  ];
}

/**
 * What lists say of a manifest, as JSON: null until somebody has found it out, as of all that were
 * pushed before. Tags are listed in the order in which they moved, too.
 */
function manifestFacts({ text }: ColumnTypes): string[] {
  return [
    `alter table manifest add column facts ${text}`,
    `alter table manifest add column content_type ${text}`,
    `create index tag_moved_at on tag (repository_id, moved_at, name)`,
  ];
}
