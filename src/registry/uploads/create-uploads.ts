import type { Digest } from '#kernel';
import { finishDigest } from '#platform/crypto';
import type { BlobDescriptor, UploadBody, UploadProgress, Uploads, Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import { adoptUpload } from './adopt-upload.ts';
import { type ClaimedSession, formerKeysOf, lastsUntil, writingKeyOf } from './claimed-session.ts';
import { type FinishingParts, finishBytes } from './finish-bytes.ts';
import { receiveBytes } from './receive-bytes.ts';
import { removeExpired } from './remove-expired.ts';
import { RunningHashes } from './running-hashes.ts';
import { uploadBusy, uploadUnknown } from './upload-errors.ts';
import { type SessionParts, UploadSessions } from './upload-sessions.ts';
import { settleUpload, type UploadRow } from './upload-store.ts';

export interface UploadsParts extends SessionParts {
  readonly largestBlobBytes: number;
}

export function createUploads(parts: UploadsParts): Uploads {
  const sessions = new UploadSessions(parts);
  const hashes = new RunningHashes();
  const working: Working = { ...parts, sessions, hashes };
  return {
    start: async (visit) => progress(await sessions.open(visit)),
    put: (visit, digest, body) =>
      sessions.openClaimed(visit, (session) =>
        finish(working, { ...session, visit }, digest, body),
      ),
    find: async (visit, id) => progress(await sessions.find(visit, id)),
    removeExpired: () => removeExpired(parts),
    append: (visit, id, body) =>
      sessions.claim(visit, id, (session) => append(working, session, body)),
    finish: (visit, id, digest, body) =>
      sessions.claim(visit, id, (session) => finish(working, { ...session, visit }, digest, body)),
    cancel: (visit, id) =>
      sessions.claim(visit, id, async (session) => {
        hashes.forget(id);
        if (!(await sessions.discard(session))) throw uploadBusy();
      }),
  };
}

type Working = SessionParts & FinishingParts & { readonly sessions: UploadSessions };

/** Remembers how far the bytes have come, so that the closing request need not read them again. */
async function append(
  working: Working,
  session: ClaimedSession,
  body: UploadBody,
): Promise<UploadProgress> {
  const { database, sessions, hashes, clock } = working;
  const { upload, writer: lease } = session;
  const hash = hashes.take(upload, 'sha256');
  const { receivedBytes, writer } = await receiveBytes(working, session, body, hash);
  const settlement = {
    key: writingKeyOf(upload),
    receivedBytes,
    digestSoFar: hash && finishDigest(hash.copy(), 'sha256'),
    resume: await writer.flush(),
    expiresAt: lastsUntil(clock.now()),
  };
  await database.transact(async (tx) => {
    if (!(await settleUpload(tx, upload.id, lease, settlement))) throw uploadUnknown();
    await sessions.leaveKeys(tx, upload, formerKeysOf(upload));
  });
  if (hash !== undefined) hashes.keep(upload.id, hash, receivedBytes);
  return { id: upload.id, receivedBytes };
}

async function finish(
  working: Working,
  session: ClaimedSession & { readonly visit: Visit },
  digest: Digest,
  body: UploadBody | undefined,
): Promise<BlobDescriptor> {
  const { sessions } = working;
  const { actual, size } = await finishBytes(working, session, digest, body);
  if (actual !== digest) {
    await sessions.discard(session);
    throw registryErrors.fail('DIGEST_MISMATCH', 'the bytes are not what their digest says', {
      detail: { expected: digest, actual },
    });
  }
  await adoptUpload(working, sessions, session, { digest, size });
  return { digest, size };
}

function progress({ id, receivedBytes }: UploadRow): UploadProgress {
  return { id, receivedBytes };
}
