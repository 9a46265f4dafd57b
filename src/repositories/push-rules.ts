import type { WriteTransaction } from '#platform/db';
import { type Immutability, isImmutable } from './immutability.ts';
import { lockImmutability } from './immutability-store.ts';
import { repositoriesErrors } from './repositories-errors.ts';

export interface TagMove {
  readonly repositoryId: number;
  readonly tag: string;
  /** The digest it points to now; absent for a new tag. */
  readonly from?: string;
  readonly to: string;
}

export interface TagRemoval {
  readonly repositoryId: number;
  readonly tags: readonly string[];
}

/*
 * What a repository's settings say about a change of its contents. To be asked inside the
 * transaction that makes the change: settings are locked against being changed until it ends.
 */

/** Throws `DENIED` when the repository was deleted since the request began. */
export async function assertTakesPushes(
  tx: WriteTransaction,
  push: { readonly repositoryId: number },
): Promise<void> {
  await settingsOf(tx, push.repositoryId);
}

/** Throws `DENIED` when the tag is immutable and points to something else now. */
export async function assertTagMayMove(tx: WriteTransaction, move: TagMove): Promise<void> {
  if (move.from === undefined || move.from === move.to) return;
  if (!isImmutable(await settingsOf(tx, move.repositoryId), move.tag)) return;
  // The words that Docker Hub's users know, and search the web for.
  throw repositoriesErrors.fail(
    'DENIED',
    'requested access to the resource is denied - This tag is already assigned to an image in this repository and cannot be updated due to immutability settings. To push this image, use a different tag.',
    { detail: { tag: move.tag } },
  );
}

/** Throws `DENIED` when one of the tags is immutable. */
export async function assertTagsMayGo(tx: WriteTransaction, removal: TagRemoval): Promise<void> {
  if (removal.tags.length === 0) return;
  const settings = await settingsOf(tx, removal.repositoryId);
  const kept = removal.tags.find((tag) => isImmutable(settings, tag));
  if (kept === undefined) return;
  throw repositoriesErrors.fail(
    'DENIED',
    `requested access to the resource is denied - the tag ${kept} is immutable and can not be deleted; change the repository's immutability settings first`,
    { detail: { tag: kept } },
  );
}

async function settingsOf(tx: WriteTransaction, repositoryId: number): Promise<Immutability> {
  const settings = await lockImmutability(tx, repositoryId);
  if (settings !== undefined) return settings;
  throw repositoriesErrors.fail(
    'DENIED',
    'requested access to the resource is denied - the repository was deleted',
  );
}
