import type { Instant, ProviderKind } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { SourceId } from './ref-changes.ts';
import type { Source, SourceName } from './source.ts';
import type { SourcesTables } from './sources-tables.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

/** The source of that name, stored unless it is there. */
export async function putSource(
  tx: WriteTransaction,
  { provider, name, createdAt }: SourceName & { readonly createdAt: Instant },
): Promise<Source> {
  const row = await tx
    .tables<SourcesTables>()
    .insertInto('source')
    .values({ provider, name, default_branch: null, observation: 0, created_at: createdAt })
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

export async function getSource(tx: AnyTransaction, id: SourceId): Promise<Source | undefined> {
  return (await getObservedSource(tx, id))?.source;
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
