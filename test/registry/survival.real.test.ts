import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openSqlite, statement } from '#platform/db';
import { createFilesystemBlobStore } from '#storage';
import { readContent } from '#transfer';
import { type Acknowledged, connect, pushUntilGone, repositoryName } from './pusher.ts';
import { startRegistryProcess } from './registry-process.ts';
import { temporaryFolder } from './start-test-registry.ts';

const rounds = 4;
const pushers = 6;

test('every acknowledged blob and manifest survives kill -9, and no bytes are left unnamed', async () => {
  await using folder = await temporaryFolder();
  const acknowledged: Acknowledged = { blobs: [], tags: new Map() };

  for (let round = 0; round < rounds; round += 1) {
    const before = acknowledged.tags.size;
    await pushAndKill(folder.path, acknowledged);
    expect(acknowledged.tags.size).toBeGreaterThan(before);
    await expectAllThere(folder.path, acknowledged);
  }

  expect(await unnamedFiles(folder.path)).toEqual([]);
});

async function pushAndKill(folder: string, acknowledged: Acknowledged): Promise<void> {
  await using server = await startRegistryProcess(folder);
  const pushing = Array.from({ length: pushers }, () => pushUntilGone(server.host, acknowledged));
  await sleep(randomInt(400, 1200));
  await server.kill();
  await Promise.all(pushing);
}

/** What the client gives has the digest that it was asked for, or it gives nothing. */
async function expectAllThere(folder: string, { blobs, tags }: Acknowledged): Promise<void> {
  await using server = await startRegistryProcess(folder);
  await using client = connect(server.host);
  const repository = client.repository(repositoryName);
  for (const blob of blobs) {
    const content = await readContent(repository, blob);
    expect(content?.bytes).toHaveLength(blob.size);
  }
  for (const [tag, digest] of tags) {
    const manifest = await repository.getManifest({ kind: 'tag', tag });
    expect(manifest?.descriptor.digest).toBe(digest);
  }
}

const namedKeys = statement<[], { key: string }>(
  'select key from blob_copy union all select key from upload',
);

/** Files of the store that no row of the database accounts for. */
async function unnamedFiles(folder: string): Promise<string[]> {
  await using database = openSqlite({ path: join(folder, 'registry.sqlite') });
  const rows = await database.read((tx) => tx.all(namedKeys));
  const named = new Set(rows.map((row) => row.key));
  const store = createFilesystemBlobStore({ root: join(folder, 'blobs') });
  const keys = await store.list('', { after: '', limit: Number.POSITIVE_INFINITY });
  return keys.filter((key) => !named.has(key));
}
