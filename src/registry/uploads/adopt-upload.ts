import { adoptCopy, findLiveCopy, linkBlob } from '../blobs/blob-row-store.ts';
import type { BlobDescriptor, Visit } from '../registry.ts';
import { type ClaimedSession, formerKeysOf, writingKeyOf } from './claimed-session.ts';
import { uploadUnknown } from './upload-errors.ts';
import type { SessionParts, UploadSessions } from './upload-sessions.ts';
import { deleteUpload, expireUpload } from './upload-store.ts';

/**
 * Makes the session's bytes a blob of the repository. When the blob is there already these bytes go,
 * unless the store has lost the others. Bytes leave the store after the commit only; should that
 * fail, the expired session still names them.
 */
export async function adoptUpload(
  { database, whole, clock }: SessionParts,
  sessions: UploadSessions,
  session: ClaimedSession & { readonly visit: Visit },
  { digest, size }: BlobDescriptor,
): Promise<void> {
  const { upload, writer, visit } = session;
  const key = writingKeyOf(upload);
  const earlier = await database.read((tx) => findLiveCopy(tx, digest));
  // One that is not whole is condemned by that.
  if (earlier !== undefined) await whole.ask(digest, earlier);
  const isAdopted = await database.transact(async (tx) => {
    const { isAdopted: adopted, replaced } = await adoptCopy(tx, { digest, size, key });
    await linkBlob(tx, visit.repositoryId, digest, clock.now());
    const ended = await (adopted ? deleteUpload : expireUpload)(tx, upload.id, writer);
    if (!ended) throw uploadUnknown();
    if (adopted) await sessions.leaveKeys(tx, upload, [...formerKeysOf(upload), ...replaced]);
    return adopted;
  });
  if (isAdopted) whole.remember(digest);
  else await sessions.discard(session).catch(() => {});
}
