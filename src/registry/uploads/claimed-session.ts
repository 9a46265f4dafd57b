import type { Clock } from '#kernel';
import type { Database } from '#platform/db';
import type { BlobKey } from '#storage';
import { uploadBusy } from './upload-errors.ts';
import { renewLease, type UploadRow, type WriterLease } from './upload-store.ts';

export const leaseMilliseconds = 15_000;
const renewAfterMilliseconds = 5_000;
const sessionMilliseconds = 24 * 60 * 60 * 1000;

/** A session that this request alone may write to. */
export interface ClaimedSession {
  readonly upload: UploadRow;
  readonly writer: string;
  /**
   * To be called before bytes are written: renews the lease in time, and throws `BLOB_UPLOAD_BUSY`
   * when it lapsed and another request took over.
   */
  holdOn(): Promise<void>;
}

export function claimedSession(
  { clock, database }: { readonly clock: Clock; readonly database: Database },
  upload: UploadRow,
  { writer }: Pick<WriterLease, 'writer'>,
): ClaimedSession {
  let renewAt = clock.now() + renewAfterMilliseconds;
  const holdOn = async () => {
    const now = clock.now();
    if (now < renewAt) return;
    const lease = { writer, until: now + leaseMilliseconds };
    const isHeld = await database.transact((tx) =>
      renewLease(tx, upload.id, lease, lastsUntil(now)),
    );
    if (!isHeld) throw uploadBusy();
    renewAt = now + renewAfterMilliseconds;
  };
  return { upload, writer, holdOn };
}

/** When a session that has bytes ends, unless somebody goes on with it. */
export function lastsUntil(now: number): number {
  return now + sessionMilliseconds;
}

/** Where the bytes go that come now. */
export function writingKeyOf({ key, writerKey }: UploadRow): BlobKey {
  return writerKey ?? key;
}

/** The key that the session was taken over from, once its bytes lie where they are written. */
export function formerKeysOf({ key, writerKey }: UploadRow): readonly BlobKey[] {
  return writerKey === undefined ? [] : [key];
}
