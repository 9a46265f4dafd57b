import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFilesystemBlobStore } from './filesystem-driver.ts';
import { blobStoreContract } from './testing/blob-store-contract.ts';

blobStoreContract('filesystem', async () => {
  const root = await mkdtemp(join(tmpdir(), 'slipway-blobs-'));
  return {
    store: createFilesystemBlobStore({ root }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
});

test('what the system refuses is a failure of the store, with the reason', async () => {
  const root = await mkdtemp(join(tmpdir(), 'slipway-blobs-'));
  await writeFile(join(root, 'blobs'), 'a file where a folder should be');
  const store = createFilesystemBlobStore({ root });

  const write = store.write('blobs/aa/1', 0);

  await expect(write).rejects.toMatchObject({
    code: 'BLOB_STORE_FAILED',
    message: 'the blob store failed with ENOTDIR',
  });
  await rm(root, { recursive: true });
});
