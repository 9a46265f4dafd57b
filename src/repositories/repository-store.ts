import type { ImmutabilityMode, Instant, RepositoryName } from '#kernel';
import { statement, type WriteTransaction } from '#platform/db';
import { type Immutability, mutable } from './immutability.ts';
import {
  deleteImmutability,
  insertImmutability,
  toImmutability,
  updateImmutability,
} from './immutability-store.ts';
import { deleteOverview, writeOverview } from './overview-store.ts';
import type { RepositoriesTables } from './repositories-tables.ts';

export interface Repository {
  readonly id: number;
  readonly namespaceId: number;
  readonly name: RepositoryName;
  readonly isPrivate: boolean;
  readonly description: string;
  readonly createdAt: Instant;
  readonly lastPushedAt: Instant | undefined;
  /** When somebody last changed what is said of it. */
  readonly editedAt: Instant | undefined;
  readonly immutability: Immutability;
}

export type NewRepository = Omit<
  Repository,
  'id' | 'lastPushedAt' | 'editedAt' | 'immutability'
> & { readonly overview: string };

/** What stays as it is is left out. */
export interface RepositoryChange {
  readonly isPrivate?: boolean;
  readonly description?: string;
  /** The page of the repository, up to 25,000 characters of Markdown. */
  readonly overview?: string;
  /** What it is to be, or how it follows from what it is. */
  readonly immutability?: Immutability | ((now: Immutability) => Immutability);
}

/** `undefined` when a live repository has the name. */
export async function insertRepository(
  tx: WriteTransaction,
  { overview, ...repository }: NewRepository,
): Promise<Repository | undefined> {
  const row = await tx
    .tables<RepositoriesTables>()
    .insertInto('repository')
    .values({
      namespace_id: repository.namespaceId,
      name: repository.name,
      is_private: Number(repository.isPrivate),
      description: repository.description,
      created_at: repository.createdAt,
      last_pushed_at: null,
      edited_at: null,
      deleted_at: null,
    })
    .onConflict((conflict) => conflict.column('name').where('deleted_at', 'is', null).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await insertImmutability(tx, row.id, mutable);
  if (overview !== '') await writeOverview(tx, row.id, overview);
  const untouched = { lastPushedAt: undefined, editedAt: undefined, immutability: mutable };
  return { ...repository, id: row.id, ...untouched };
}

/** A change that was decided. */
export interface RepositoryEdit extends Omit<RepositoryChange, 'immutability'> {
  readonly immutability?: Immutability;
  readonly editedAt: Instant;
}

/** Writes only what changes, so that two changes at once don't undo each other. */
export async function updateRepository(
  tx: WriteTransaction,
  id: number,
  { isPrivate, description, overview, immutability, editedAt }: RepositoryEdit,
): Promise<void> {
  if (immutability !== undefined) await updateImmutability(tx, id, immutability);
  if (overview !== undefined) await writeOverview(tx, id, overview);
  await tx
    .tables<RepositoriesTables>()
    .updateTable('repository')
    .set({
      edited_at: editedAt,
      ...(isPrivate === undefined ? {} : { is_private: Number(isPrivate) }),
      ...(description === undefined ? {} : { description }),
    })
    .where('id', '=', id)
    .execute();
}

/** Pushes that began before wait for this, or this for them; none begins after. */
export async function markDeleted(tx: WriteTransaction, id: number, at: Instant): Promise<void> {
  await deleteImmutability(tx, id);
  await deleteOverview(tx, id);
  await tx
    .tables<RepositoriesTables>()
    .deleteFrom('repository_grant')
    .where('repository_id', '=', id)
    .execute();
  await tx
    .tables<RepositoriesTables>()
    .updateTable('repository')
    .set({ deleted_at: at })
    .where('id', '=', id)
    .execute();
}

const stampPush = statement<[at: number, id: number, before: number]>(
  'update repository set last_pushed_at = ? where id = ? and coalesce(last_pushed_at, 0) < ?',
);
const stampPrecisionMilliseconds = 1_000;

/**
 * Notes, inside a push's own transaction, when a repository was last pushed to. To the second: of
 * many pushes at once all but the first leave the row alone.
 */
export async function recordPush(
  tx: WriteTransaction,
  push: { readonly repositoryId: number; readonly at: Instant },
): Promise<void> {
  await tx.run(stampPush, push.at, push.repositoryId, push.at - stampPrecisionMilliseconds);
}

/** What of a repository's rows is read: a query names them, and `toRepository` takes what came. */
export const repositoryColumns = `
  repository.id, repository.namespace_id, repository.name, repository.is_private,
  repository.description, repository.created_at, repository.last_pushed_at, repository.edited_at,
  tag_immutability.mode, tag_immutability.patterns`;

/** Live and deleted ones, each with its settings. */
export const repositoriesWithSettings = `
  repository join tag_immutability on tag_immutability.repository_id = repository.id`;

export interface RepositoryRow {
  readonly id: number;
  readonly namespace_id: number;
  readonly name: string;
  readonly is_private: number;
  readonly description: string;
  readonly created_at: number;
  readonly last_pushed_at: number | null;
  readonly edited_at: number | null;
  readonly mode: ImmutabilityMode;
  readonly patterns: string;
}

export function toRepository(row: RepositoryRow): Repository {
  return {
    id: row.id,
    namespaceId: row.namespace_id,
    name: row.name as RepositoryName,
    isPrivate: row.is_private === 1,
    description: row.description,
    createdAt: row.created_at,
    lastPushedAt: row.last_pushed_at ?? undefined,
    editedAt: row.edited_at ?? undefined,
    immutability: toImmutability(row),
  };
}
