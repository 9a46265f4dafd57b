import { createMemoryBlobStore } from './memory-driver.ts';
import { blobStoreContract } from './testing/blob-store-contract.ts';

blobStoreContract('memory', async () => ({
  store: createMemoryBlobStore(),
  [Symbol.asyncDispose]: async () => {},
}));
