import type { ProviderKind, RepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { SourceId } from './ref-changes.ts';
import type { Source } from './source.ts';
import type { SourcesTables } from './sources-tables.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

/** `undefined` when the name is taken. */
export async function insertSource(
  tx: WriteTransaction,
  source: Pick<Source, 'kind' | 'name' | 'createdAt'>,
): Promise<Source | undefined> {
  const { kind, name, createdAt } = source;
  const row = await tx
    .tables<SourcesTables>()
    .insertInto('source')
    .values({ kind, name, default_branch: null, observation: 0, created_at: createdAt })
    .onConflict((conflict) => conflict.columns(['kind', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toSource(row);
}

export async function findSource(
  tx: AnyTransaction,
  kind: ProviderKind,
  name: RepositoryName,
): Promise<Source | undefined> {
  const row = await selectSources(tx)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && toSource(row);
}

export async function getSource(tx: AnyTransaction, id: SourceId): Promise<Source | undefined> {
  return (await getObservedSource(tx, id))?.source;
}

/** Takes back a source of which nothing was ever recorded. */
export async function deleteUnusedSource(tx: WriteTransaction, id: SourceId): Promise<void> {
  await tx.tables<SourcesTables>().deleteFrom('source').where('id', '=', id).execute();
}

/** A source, and how many changes of it have been recorded. */
export interface ObservedSource {
  readonly source: Source;
  readonly observation: number;
}

export async function getObservedSource(
  tx: AnyTransaction,
  id: SourceId,
): Promise<ObservedSource | undefined> {
  const row = await selectSources(tx).where('id', '=', id).executeTakeFirst();
  return row && { source: toSource(row), observation: row.observation };
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

/**
 * Claims the right to record what was read after `observation` changes; no other server records until
 * the transaction ends. `false` when one did meanwhile: then what was read is stale.
 */
export async function claimObservation(
  tx: WriteTransaction,
  { source, observation }: ObservedSource,
  defaultBranch: string | undefined,
): Promise<boolean> {
  const result = await tx
    .tables<SourcesTables>()
    .updateTable('source')
    .set({ observation: observation + 1, default_branch: defaultBranch ?? null })
    .where('id', '=', source.id)
    .where('observation', '=', observation)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

function selectSources(tx: AnyTransaction) {
  return tx.tables<SourcesTables>().selectFrom('source').selectAll();
}

interface SourceRow {
  readonly id: number;
  readonly kind: ProviderKind;
  readonly name: string;
  readonly default_branch: string | null;
  readonly created_at: number;
}

function toSource(row: SourceRow): Source {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name as RepositoryName,
    defaultBranch: row.default_branch ?? undefined,
    createdAt: row.created_at,
  };
}
