import type { Clock, Ids } from '#kernel';
import type { Database, WriteTransaction } from '#platform/db';
import { type BlobKey, type BlobStore, newBlobKey, storageErrors } from '#storage';
import type { WholeBlobs } from '../blobs/whole-blobs.ts';
import type { Visit } from '../registry.ts';
import {
  type ClaimedSession,
  claimedSession,
  leaseMilliseconds,
  writingKeyOf,
} from './claimed-session.ts';
import { uploadBusy, uploadUnknown } from './upload-errors.ts';
import type { UploadLimits } from './upload-limits.ts';
import {
  deleteUpload,
  expireUpload,
  findUpload,
  insertUpload,
  isKeyNamed,
  leaseUpload,
  leaveKey,
  lockUpload,
  releaseUpload,
  type UploadRow,
  type WriterLease,
} from './upload-store.ts';

/** A session that has no bytes yet: a client that means to send some does so at once. */
const emptyMilliseconds = 60 * 60 * 1000;
/** How long bytes are left alone that somebody may write to still whose lease has lapsed. */
const leftMilliseconds = 60 * 60 * 1000;

export interface SessionParts {
  readonly database: Database;
  readonly store: BlobStore;
  readonly whole: WholeBlobs;
  readonly limits: UploadLimits;
  readonly clock: Clock;
  readonly ids: Ids;
}

type Held = Pick<ClaimedSession, 'upload' | 'writer'>;
type SessionWork<Result> = (session: ClaimedSession) => Promise<Result>;

/**
 * Who may use which session, and who writes to it now. A key has one writer: who takes a session over
 * from one that gave no sign of life, and may wake up again, goes on with a copy under another key.
 * Bytes are removed by whoever has ended their session under the lease, or by the last who knows of
 * them.
 */
export class UploadSessions {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Throws `UPLOADS_TOO_MANY`. */
  async open(visit: Visit): Promise<UploadRow> {
    const { database, limits, clock } = this.#parts;
    const upload = this.#newUpload(visit);
    await database.transact(async (tx) => {
      await limits.assertRoom(tx, visit);
      await insertUpload(tx, upload, undefined, clock.now() + emptyMilliseconds);
    });
    return upload;
  }

  /** Throws `BLOB_UPLOAD_UNKNOWN` unless it lives and belongs to this repository and subject. */
  async find(visit: Visit, id: string): Promise<UploadRow> {
    const now = this.#parts.clock.now();
    const upload = await this.#parts.database.read((tx) => findUpload(tx, id, now));
    return requireOwn(upload, visit);
  }

  /** Runs `work` as the session's only writer and lets go of it afterwards, whatever happens. */
  async claim<Result>(visit: Visit, id: string, work: SessionWork<Result>): Promise<Result> {
    const lease = this.#newLease();
    const upload = await this.#parts.database.transact((tx) => this.#take(tx, visit, id, lease));
    const session = claimedSession(this.#parts, upload, lease);
    try {
      return await work(session);
    } catch (error) {
      // What can't be given back lapses.
      if (isBeyondResuming(error)) {
        await this.discard(session).catch(() => {});
        throw uploadUnknown();
      }
      await this.#letGo(session).catch(() => {});
      throw error;
    }
  }

  /** A session for one request alone: its writer from the start, and gone when the work fails. */
  async openClaimed<Result>(visit: Visit, work: SessionWork<Result>): Promise<Result> {
    const { database, clock } = this.#parts;
    const lease = this.#newLease();
    const upload = { ...this.#newUpload(visit), subject: '' };
    const expiresAt = clock.now() + emptyMilliseconds;
    await database.transact((tx) => insertUpload(tx, upload, lease, expiresAt));
    const session = claimedSession(this.#parts, upload, lease);
    try {
      return await work(session);
    } catch (error) {
      // Nobody knows of it, so it expires.
      await this.discard(session).catch(() => {});
      throw error;
    }
  }

  /**
   * Ends the session, then drops its bytes, then the row that names them. False when the lease was
   * lost: they are somebody else's by now, or a blob's.
   */
  async discard(session: Held): Promise<boolean> {
    const { database, store } = this.#parts;
    const { upload, writer } = session;
    if (!(await database.transact((tx) => expireUpload(tx, upload.id, writer)))) {
      await this.#letGo(session);
      return false;
    }
    for (const key of keysOf(upload)) await store.discard(key);
    await database.transact((tx) => deleteUpload(tx, upload.id, writer));
    return true;
  }

  /** Gives the lease back. Bytes that no row names any more, since it was lost long ago, go here. */
  async #letGo({ upload, writer }: Held): Promise<void> {
    const { database, store } = this.#parts;
    const key = writingKeyOf(upload);
    const isNamed = await database.transact(
      async (tx) =>
        (await releaseUpload(tx, upload.id, writer)) || (await isKeyNamed(tx, upload.id, key)),
    );
    if (!isNamed) await store.discard(key);
  }

  async #take(
    tx: WriteTransaction,
    visit: Visit,
    id: string,
    lease: WriterLease,
  ): Promise<UploadRow> {
    const now = this.#parts.clock.now();
    const standing = await lockUpload(tx, id, now);
    const found = requireOwn(standing?.upload, visit);
    if (standing?.lease === 'held') throw uploadBusy();
    const upload = standing?.lease === 'lapsed' ? await this.#moveAway(tx, found) : found;
    await leaseUpload(tx, upload, lease);
    return upload;
  }

  /** Gives the session a key that whoever had it before does not know. */
  async #moveAway(tx: WriteTransaction, upload: UploadRow): Promise<UploadRow> {
    const fresh = newBlobKey(this.#parts.ids);
    const isEmpty = upload.receivedBytes === 0;
    const left = isEmpty ? upload.key : upload.writerKey;
    await this.leaveKeys(tx, upload, left === undefined ? [] : [left]);
    return isEmpty ? { ...upload, key: fresh } : { ...upload, writerKey: fresh };
  }

  /** Goes on naming keys that nothing else names from now on, until their bytes are removed. */
  async leaveKeys(
    tx: WriteTransaction,
    of: Pick<UploadRow, 'repositoryId'>,
    keys: readonly BlobKey[],
  ): Promise<void> {
    const until = this.#parts.clock.now() + leftMilliseconds;
    for (const key of keys) await leaveKey(tx, of, key, until);
  }

  #newUpload({ repositoryId, actor }: Visit): UploadRow {
    const { ids } = this.#parts;
    return {
      id: ids.uuid(),
      repositoryId,
      subject: actor.subject,
      key: newBlobKey(ids),
      writerKey: undefined,
      receivedBytes: 0,
      digestSoFar: undefined,
      resume: undefined,
    };
  }

  #newLease(): WriterLease {
    const { clock, ids } = this.#parts;
    return { writer: ids.uuid(), until: clock.now() + leaseMilliseconds };
  }
}

/** Every key that a session's row names. */
export function keysOf({ key, writerKey }: UploadRow): readonly string[] {
  return writerKey === undefined ? [key] : [key, writerKey];
}

/** The bytes that were received are lost: whoever sends them starts again, where a retry never ends. */
function isBeyondResuming(error: unknown): boolean {
  return storageErrors.is(error) && error.code === 'BLOB_STORE_RESUME';
}

function requireOwn(upload: UploadRow | undefined, { repositoryId, actor }: Visit): UploadRow {
  const isOwn = upload?.repositoryId === repositoryId && upload.subject === actor.subject;
  if (upload === undefined || !isOwn) throw uploadUnknown();
  return upload;
}
