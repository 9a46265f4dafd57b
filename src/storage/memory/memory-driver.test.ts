import { blobStoreContract } from '../testing/blob-store-contract.ts';
import { createMemoryBlobStore } from './memory-driver.ts';

blobStoreContract('memory', async () => {
  const store = createMemoryBlobStore();
  return { store, another: () => store, [Symbol.asyncDispose]: async () => {} };
});
