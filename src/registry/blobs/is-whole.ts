import type { BlobStore } from '#storage';
import type { LiveCopy } from './blob-row-store.ts';

/** Whether the store still holds as many bytes as it should. */
export async function isWhole(store: BlobStore, copy: LiveCopy): Promise<boolean> {
  return (await store.size(copy.key)) === copy.size;
}
