import type { Clock, Ids, Instant } from '#kernel';
import type { Database } from '#platform/db';
import { type BlobStore, newBlobKey } from '#storage';
import type { WholeBlobs } from '../blobs/whole-blobs.ts';
import type { Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import {
  claimUpload,
  deleteUpload,
  findUpload,
  insertUpload,
  listExpiredUploads,
  releaseUpload,
  renewLease,
  type UploadRow,
  type WriterLease,
} from './upload-store.ts';

const leaseMilliseconds = 15_000;
const renewAfterMilliseconds = 5_000;
const sessionMilliseconds = 24 * 60 * 60 * 1000;
const expiredAtOnce = 100;

export interface SessionParts {
  readonly database: Database;
  readonly store: BlobStore;
  readonly whole: WholeBlobs;
  readonly clock: Clock;
  readonly ids: Ids;
}

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

type SessionWork<Result> = (session: ClaimedSession) => Promise<Result>;

/** Who may use which session, and who writes to it now. */
export class UploadSessions {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  expiresAt(): number {
    return this.#parts.clock.now() + sessionMilliseconds;
  }

  async open(visit: Visit): Promise<UploadRow> {
    const upload = this.#newUpload(visit);
    await this.#parts.database.transact((tx) =>
      insertUpload(tx, upload, undefined, this.expiresAt()),
    );
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
    const upload = await this.#parts.database.transact(async (tx) => {
      const now = this.#parts.clock.now();
      const isClaimed = await claimUpload(tx, id, lease, now);
      const found = requireOwn(await findUpload(tx, id, now), visit);
      if (!isClaimed) throw busy();
      return found;
    });
    try {
      return await work(this.#session(upload, lease.writer));
    } catch (error) {
      await this.#parts.database.transact((tx) => releaseUpload(tx, id, lease.writer));
      throw error;
    }
  }

  /** A session for one request alone: its writer from the start, and gone when the work fails. */
  async openClaimed<Result>(visit: Visit, work: SessionWork<Result>): Promise<Result> {
    const { writer, until } = this.#newLease();
    const upload = this.#newUpload(visit);
    await this.#parts.database.transact((tx) =>
      insertUpload(tx, upload, { writer, until }, this.expiresAt()),
    );
    try {
      return await work(this.#session(upload, writer));
    } catch (error) {
      await this.discard({ upload, writer });
      throw error;
    }
  }

  /** Drops bytes, then the row that names them: never the other way round. */
  async discard({ upload, writer }: Pick<ClaimedSession, 'upload' | 'writer'>): Promise<void> {
    await this.#parts.store.discard(upload.key);
    await this.#parts.database.transact((tx) => deleteUpload(tx, upload.id, writer));
  }

  async removeExpired(): Promise<number> {
    const { database, clock } = this.#parts;
    const now = clock.now();
    const expired = await database.read((tx) => listExpiredUploads(tx, now, expiredAtOnce));
    const failures: unknown[] = [];
    for (const upload of expired) {
      await this.#removeOne(upload, now).catch((error: unknown) => failures.push(error));
    }
    if (failures.length === 0) return expired.length;
    throw new AggregateError(failures, `${failures.length} uploads could not be removed`);
  }

  async #removeOne(upload: UploadRow, now: Instant): Promise<void> {
    const lease = this.#newLease();
    const { database } = this.#parts;
    const isOurs = await database.transact((tx) => claimUpload(tx, upload.id, lease, now));
    if (isOurs) await this.discard({ upload, writer: lease.writer });
  }

  #newUpload({ repositoryId, actor }: Visit): UploadRow {
    const { ids } = this.#parts;
    return {
      id: ids.uuid(),
      repositoryId,
      subject: actor.subject,
      key: newBlobKey(ids),
      receivedBytes: 0,
      digestSoFar: undefined,
      resume: undefined,
    };
  }

  #newLease(): WriterLease {
    const { clock, ids } = this.#parts;
    return { writer: ids.uuid(), until: clock.now() + leaseMilliseconds };
  }

  #session(upload: UploadRow, writer: string): ClaimedSession {
    const { clock, database } = this.#parts;
    let renewAt = clock.now() + renewAfterMilliseconds;
    const holdOn = async () => {
      const now = clock.now();
      if (now < renewAt) return;
      const lease = { writer, until: now + leaseMilliseconds };
      const held = await database.transact((tx) =>
        renewLease(tx, upload.id, lease, this.expiresAt()),
      );
      if (!held) throw busy();
      renewAt = now + renewAfterMilliseconds;
    };
    return { upload, writer, holdOn };
  }
}

export function uploadUnknown() {
  return registryErrors.fail(
    'BLOB_UPLOAD_UNKNOWN',
    'there is no such upload: it has ended, expired, or was never begun here',
  );
}

function busy() {
  return registryErrors.fail('BLOB_UPLOAD_BUSY', 'another request is writing to this upload');
}

function requireOwn(upload: UploadRow | undefined, { repositoryId, actor }: Visit): UploadRow {
  const isOwn = upload?.repositoryId === repositoryId && upload.subject === actor.subject;
  if (upload === undefined || !isOwn) throw uploadUnknown();
  return upload;
}
