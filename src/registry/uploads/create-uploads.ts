import { type Digest, digestAlgorithm } from '#kernel';
import { finishDigest } from '#platform/crypto';
import type { BlobDescriptor, UploadBody, UploadProgress, Uploads, Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import { adoptUpload } from './adopt-upload.ts';
import { type Received, type ReceivingParts, receiveBytes } from './receive-bytes.ts';
import { RunningHashes } from './running-hashes.ts';
import {
  type ClaimedSession,
  type SessionParts,
  UploadSessions,
  uploadUnknown,
} from './upload-sessions.ts';
import { settleUpload, type UploadRow } from './upload-store.ts';

export interface UploadsParts extends SessionParts {
  readonly largestBlobBytes: number;
}

export function createUploads(parts: UploadsParts): Uploads {
  const sessions = new UploadSessions(parts);
  const hashes = new RunningHashes(parts.store);
  const working: Working = { ...parts, sessions, hashes };
  return {
    start: async (visit) => progress(await sessions.open(visit)),
    put: (visit, digest, body) =>
      sessions.openClaimed(visit, (session) =>
        finish(working, { ...session, visit }, digest, body),
      ),
    find: async (visit, id) => progress(await sessions.find(visit, id)),
    removeExpired: () => sessions.removeExpired(),

    append: (visit, id, body) =>
      sessions.claim(visit, id, async (session) => {
        const received = await receiveBytes(working, session, body, 'sha256');
        return settle(working, session, received);
      }),

    finish: (visit, id, digest, body) =>
      sessions.claim(visit, id, (session) => finish(working, { ...session, visit }, digest, body)),

    cancel: (visit, id) =>
      sessions.claim(visit, id, async (session) => {
        hashes.forget(id);
        await sessions.discard(session);
      }),
  };
}

type Working = SessionParts & ReceivingParts & { readonly sessions: UploadSessions };

/** Remembers how far the bytes have come, so that the closing request need not read them again. */
async function settle(
  { database, sessions, hashes }: Working,
  { upload, writer }: ClaimedSession,
  { receivedBytes, hash }: Received,
): Promise<UploadProgress> {
  const digestSoFar = finishDigest(hash.copy(), 'sha256');
  const settlement = { receivedBytes, digestSoFar, expiresAt: sessions.expiresAt() };
  const isKept = await database.transact((tx) => settleUpload(tx, upload.id, writer, settlement));
  if (!isKept) throw uploadUnknown();
  hashes.keep(upload.id, hash, receivedBytes);
  return { id: upload.id, receivedBytes };
}

async function finish(
  working: Working,
  session: ClaimedSession & { readonly visit: Visit },
  digest: Digest,
  body: UploadBody | undefined,
): Promise<BlobDescriptor> {
  const size = await complete(working, session, digest, body);
  await adoptUpload(working, working.sessions, session, { digest, size });
  return { digest, size };
}

/** Adds the last bytes, makes sure that all are what the digest says, and gives how many. */
async function complete(
  working: Working,
  session: ClaimedSession,
  digest: Digest,
  body: UploadBody | undefined,
): Promise<number> {
  const { upload } = session;
  if (body === undefined && upload.digestSoFar === digest) {
    working.hashes.forget(upload.id);
    return upload.receivedBytes;
  }
  const algorithm = digestAlgorithm(digest);
  const rest = body ?? { bytes: noBytes };
  const { receivedBytes, hash } = await receiveBytes(working, session, rest, algorithm);
  const actual = finishDigest(hash, algorithm);
  if (actual === digest) return receivedBytes;
  await working.sessions.discard(session);
  throw registryErrors.fail('DIGEST_MISMATCH', 'the bytes are not what their digest says', {
    detail: { expected: digest, actual },
  });
}

const noBytes: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

function progress({ id, receivedBytes }: UploadRow): UploadProgress {
  return { id, receivedBytes };
}
