import type { Database } from '#platform/db';
import type { FactsFinder } from '../manifests/facts-finder.ts';
import { findManifestBytes, keepFacts, parseFacts } from '../manifests/facts-store.ts';
import { parseManifestDocument } from '../manifests/manifest-document.ts';
import type { ManifestFacts } from '../manifests/manifest-facts.ts';
import type { RepositoryId } from '../publish-rules.ts';
import { registryErrors } from '../registry-errors.ts';
import type { FactsRow } from './tag-page-store.ts';

export interface LateFactsParts {
  readonly database: Database;
  readonly facts: FactsFinder;
}

/** A request finds out no more of what was not kept: the next one goes on. */
const mostAtOnce = 200;

const unknown: ManifestFacts = {
  kind: 'image',
  contentType: 'unrecognized',
  platform: {},
  bytes: 0,
};

/** The facts of these manifests by their number. What was not kept is found out, and kept from now on. */
export async function factsOfRows(
  parts: LateFactsParts,
  repositoryId: RepositoryId,
  rows: readonly FactsRow[],
): Promise<(row: FactsRow) => ManifestFacts> {
  const late = new Map<number, ManifestFacts>();
  for (const row of rows.filter(({ facts }) => facts === null).slice(0, mostAtOnce)) {
    const facts = late.has(row.manifest_id) ? undefined : await findLate(parts, repositoryId, row);
    if (facts !== undefined) late.set(row.manifest_id, facts);
  }
  if (late.size > 0) {
    await parts.database.transact(async (tx) => {
      for (const [id, facts] of late) await keepFacts(tx, id, facts);
    });
  }
  return ({ manifest_id: id, facts }) =>
    facts === null ? (late.get(id) ?? unknown) : parseFacts(facts);
}

async function findLate(
  parts: LateFactsParts,
  repositoryId: RepositoryId,
  { manifest_id: id, media_type: mediaType }: FactsRow,
): Promise<ManifestFacts | undefined> {
  const bytes = await parts.database.read((tx) => findManifestBytes(tx, id));
  if (bytes === undefined) return undefined;
  try {
    return await parts.facts.find(repositoryId, parseManifestDocument(mediaType, bytes));
  } catch (error) {
    // An earlier version took it, and none would take it again: there is no more to find out.
    if (registryErrors.is(error)) return unknown;
    throw error;
  }
}
