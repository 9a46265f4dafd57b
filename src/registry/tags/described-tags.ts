import type { Digest } from '#kernel';
import { digestOf } from '#platform/crypto';
import type { ManifestFacts } from '../manifests/manifest-facts.ts';
import type { RepositoryId } from '../publish-rules.ts';
import type { DescribedImage, DescribedTag, Tags } from '../registry.ts';
import { factsOfRows, type LateFactsParts } from './late-facts.ts';
import {
  countTags,
  type FactsRow,
  findTagRow,
  listFactsRows,
  listTagRows,
  type TagRow,
} from './tag-page-store.ts';

/** Tags with the images behind them, for people to choose from. */
export function createDescribedTags(parts: LateFactsParts): Pick<Tags, 'page' | 'describe'> {
  const { database } = parts;
  return {
    async page(repositoryId, window) {
      const found = await database.read(async (tx) => {
        const count = await countTags(tx, repositoryId, window.nameContains);
        const rows = window.offset < count ? await listTagRows(tx, repositoryId, window) : [];
        return { count, rows };
      });
      return { count: found.count, tags: await describeRows(parts, repositoryId, found.rows) };
    },
    async describe(repositoryId, tag) {
      const row = await database.read((tx) => findTagRow(tx, repositoryId, tag));
      const [described] = row === undefined ? [] : await describeRows(parts, repositoryId, [row]);
      return described;
    },
  };
}

async function describeRows(
  parts: LateFactsParts,
  repositoryId: RepositoryId,
  rows: readonly TagRow[],
): Promise<readonly DescribedTag[]> {
  const factsOf = await factsOfRows(parts, repositoryId, rows);
  const tags = rows.map((row) => ({ row, facts: factsOf(row) }));
  const children = [...new Set(tags.flatMap(({ facts }) => childrenIn(facts)))];
  const childRows = await parts.database.read((tx) => listFactsRows(tx, repositoryId, children));
  const factsOfChild = await factsOfRows(parts, repositoryId, childRows);
  const childByDigest = new Map(
    childRows.map((row) => [row.digest, { row, facts: factsOfChild(row) }]),
  );
  return tags.map(({ row, facts }) => ({
    id: numberOf(repositoryId, row.name),
    tag: row.name,
    digest: row.digest,
    movedAt: row.moved_at,
    movedBy: row.moved_by,
    mediaType: row.media_type,
    contentType: facts.contentType,
    images: imagesOf({ row, facts }, childByDigest),
  }));
}

interface Known {
  readonly row: FactsRow;
  readonly facts: ManifestFacts;
}

function childrenIn(facts: ManifestFacts): readonly Digest[] {
  return facts.kind === 'index' ? facts.images.map(({ digest }) => digest) : [];
}

/** What an index says of a platform goes before what the image says itself, as clients choose by it. */
function imagesOf(
  { row, facts }: Known,
  children: ReadonlyMap<Digest, Known>,
): readonly DescribedImage[] {
  if (facts.kind === 'image') {
    return [
      { digest: row.digest, platform: facts.platform, bytes: facts.bytes, pushedAt: row.pushed_at },
    ];
  }
  return facts.images.map(({ digest, platform }) => {
    const child = children.get(digest);
    const own = child?.facts.kind === 'image' ? child.facts : undefined;
    return {
      digest,
      platform: { ...own?.platform, ...platform },
      bytes: own?.bytes ?? 0,
      pushedAt: child?.row.pushed_at ?? row.pushed_at,
    };
  });
}

/** Tags have no number of their own, and some clients take nothing without: always the same for a name. */
function numberOf(repositoryId: RepositoryId, tag: string): number {
  const digest = digestOf(Buffer.from(`${repositoryId}/${tag}`));
  return Number.parseInt(digest.slice('sha256:'.length).slice(0, 12), 16);
}
