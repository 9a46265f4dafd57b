import { expect, test } from 'vitest';
import { type Database, migrate, type SqlParameters, statement } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { registryMigrations } from './registry-migrations.ts';

/** A database as it was before a step, filled by hand, and then brought up to date. */
async function upgraded(
  dialect: (typeof testDialects)[number],
  before: string,
  rows: readonly (readonly [text: string, ...parameters: SqlParameters])[],
): Promise<Database> {
  const until = registryMigrations.findIndex(({ name }) => name === before);
  const database = await openTestDatabase(dialect, registryMigrations.slice(0, until));
  await database.transact(async (tx) => {
    for (const [text, ...parameters] of rows) await tx.run(statement(text), ...parameters);
  });
  await migrate(database, registryMigrations);
  return database;
}

const insertManifest = 'insert into manifest (digest, bytes) values (?, ?)';
const insertHeld = `insert into repository_manifest
  (repository_id, digest, stage, media_type, size, pushed_at, pushed_by)
  values (1, ?, '', ?, 2, 0, 'user-1')`;
const insertEdge = `insert into manifest_edge (repository_id, child, parent)
  values (1, ?, (select id from manifest where digest = ?))`;
const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';

test.each(testDialects)('edges of older databases learn their kind on %s', async (dialect) => {
  await using database = await upgraded(dialect, '0002-registry-edges-by-parent', [
    [insertManifest, 'sha256:image', Buffer.from('{}')],
    [insertManifest, 'sha256:list', Buffer.from('{}')],
    [insertHeld, 'sha256:image', ociManifest],
    [insertHeld, 'sha256:list', dockerList],
    [insertEdge, 'sha256:layer', 'sha256:image'],
    [insertEdge, 'sha256:image', 'sha256:list'],
  ]);

  const edges = await database.read((tx) =>
    tx.all(statement('select child, kind from manifest_edge order by child')),
  );

  expect(edges).toEqual([
    { child: 'sha256:image', kind: 'manifest' },
    { child: 'sha256:layer', kind: 'blob' },
  ]);
});

const insertUpload = `insert into upload
  (id, repository_id, subject, key, received_bytes, writer_until, expires_at)
  values (?, 1, 'user-1', 'blobs/aa/1', ?, 0, 0)`;

test.each(testDialects)('uploads under way go on after the upgrade on %s', async (dialect) => {
  await using database = await upgraded(dialect, '0004-registry-resume-token', [
    [insertUpload, 'fresh', 0],
    [insertUpload, 'half', 512],
  ]);

  const uploads = await database.read((tx) =>
    tx.all(statement('select id, resume_token from upload order by id')),
  );

  expect(uploads).toEqual([
    { id: 'fresh', resume_token: null },
    { id: 'half', resume_token: '512' },
  ]);
});
