import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFilesystemBlobStore } from './filesystem-driver.ts';
import { blobStoreContract } from './testing/blob-store-contract.ts';

blobStoreContract('filesystem', async () => {
  const root = await mkdtemp(join(tmpdir(), 'slipway-blobs-'));
  return {
    store: createFilesystemBlobStore({ root }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
});
