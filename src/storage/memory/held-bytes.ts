import type { BlobKey, ByteRange, ListPage } from '../blob-store.ts';
import { storageErrors } from '../storage-errors.ts';

/** Throws `BLOB_STORE_SHORT` when there are fewer bytes than the range names. */
export function partOf(held: Buffer, range: ByteRange | undefined): Buffer {
  const end = range === undefined ? held.length : range.last + 1;
  if (held.length >= end) return held.subarray(range?.first ?? 0, end);
  throw storageErrors.fail('BLOB_STORE_SHORT', 'the key holds fewer bytes than were asked for', {
    detail: { heldBytes: held.length, endByte: end },
  });
}

/** What a listing of these keys gives, in byte order. */
export function pageOf(
  keys: Iterable<BlobKey>,
  prefix: string,
  { after, limit, signal }: ListPage,
): readonly BlobKey[] {
  signal?.throwIfAborted();
  return [...keys]
    .filter((key) => key.startsWith(prefix) && key > after)
    .sort()
    .slice(0, limit);
}
