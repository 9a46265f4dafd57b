import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { ManifestFacts } from './manifest-facts.ts';

/** What the columns of a manifest hold of it: of facts that nobody has found yet, nothing. */
export function factsColumns(
  facts: ManifestFacts | undefined,
): readonly [facts: string | null, contentType: string | null] {
  return facts === undefined ? [null, null] : [JSON.stringify(facts), facts.contentType];
}

export function parseFacts(text: string): ManifestFacts {
  return JSON.parse(text) as ManifestFacts;
}

const selectBytes = statement<[id: number], { bytes: Uint8Array }>(
  'select bytes from manifest where id = ?',
);

export async function findManifestBytes(
  tx: Pick<ReadTransaction, 'first'>,
  id: number,
): Promise<Uint8Array | undefined> {
  return (await tx.first(selectBytes, id))?.bytes;
}

const update = statement<[facts: string | null, contentType: string | null, id: number]>(
  'update manifest set facts = ?, content_type = ? where id = ? and facts is null',
);

/** Of a manifest that was pushed before facts were kept, or whose configuration could not be read then. */
export async function keepFacts(
  tx: WriteTransaction,
  id: number,
  facts: ManifestFacts,
): Promise<void> {
  await tx.run(update, ...factsColumns(facts), id);
}
