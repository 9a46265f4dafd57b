import type { Instant, ProviderKind } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { SourceId } from './ref-changes.ts';
import type { Source, SourceName } from './source.ts';
import { sourcesErrors } from './sources-errors.ts';
import type { SourcesTables } from './sources-tables.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

/**
 * The source of that name, stored unless it is there. Its provider has been asked to make it ready
 * before: `Sources.prepare`.
 */
export async function putSource(
  tx: WriteTransaction,
  { provider, name, createdAt }: SourceName & { readonly createdAt: Instant },
): Promise<Source> {
  const row = await tx
    .tables<SourcesTables>()
    .insertInto('source')
    .values({ provider, name, default_branch: null, taken_seq: 0, created_at: createdAt })
    .onConflict((conflict) => conflict.columns(['provider', 'name']).doUpdateSet({ name }))
    .returningAll()
    .executeTakeFirstOrThrow();
  return toSource(row);
}

export async function findSource(
  tx: AnyTransaction,
  { provider, name }: SourceName,
): Promise<Source | undefined> {
  const row = await selectSources(tx)
    .where('provider', '=', provider)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && toSource(row);
}

/** Throws `SOURCE_UNKNOWN`. */
export async function requireSource(tx: AnyTransaction, id: SourceId): Promise<Source> {
  const row = await selectSources(tx).where('id', '=', id).executeTakeFirst();
  if (row !== undefined) return toSource(row);
  throw sourcesErrors.fail('SOURCE_UNKNOWN', `there is no source ${id}`);
}

/** In the order they were linked. */
export async function listSourceIds(
  tx: ReadTransaction,
  page: { readonly after: SourceId; readonly limit: number },
): Promise<readonly SourceId[]> {
  const rows = await tx
    .tables<SourcesTables>()
    .selectFrom('source')
    .select('id')
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute();
  return rows.map((row) => row.id);
}

export async function keepDefaultBranch(
  tx: WriteTransaction,
  id: SourceId,
  defaultBranch: string | undefined,
): Promise<void> {
  await tx
    .tables<SourcesTables>()
    .updateTable('source')
    .set({ default_branch: defaultBranch ?? null })
    .where('id', '=', id)
    .execute();
}

/** Up to which place in the ref log the listener has taken up the source's changes. */
export async function readTakenSeq(tx: WriteTransaction, id: SourceId): Promise<number> {
  const row = await tx
    .tables<SourcesTables>()
    .selectFrom('source')
    .select('taken_seq')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.taken_seq;
}

export async function moveTakenSeq(
  tx: WriteTransaction,
  id: SourceId,
  takenSeq: number,
): Promise<void> {
  await tx
    .tables<SourcesTables>()
    .updateTable('source')
    .set({ taken_seq: takenSeq })
    .where('id', '=', id)
    .execute();
}

function selectSources(tx: AnyTransaction) {
  return tx.tables<SourcesTables>().selectFrom('source').selectAll();
}

interface SourceRow {
  readonly id: number;
  readonly provider: ProviderKind;
  readonly name: string;
  readonly default_branch: string | null;
  readonly created_at: number;
}

function toSource(row: SourceRow): Source {
  return {
    id: row.id,
    provider: row.provider,
    name: row.name,
    defaultBranch: row.default_branch ?? undefined,
    createdAt: row.created_at,
  };
}
