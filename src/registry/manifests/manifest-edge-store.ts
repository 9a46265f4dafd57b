import type { Digest } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { RepositoryId } from '../publish-rules.ts';
import type { Child } from './manifest-document.ts';

const insertEdge = statement<[RepositoryId, Digest, number, Child['kind']]>(
  `insert into manifest_edge (repository_id, child, parent, kind) values (?, ?, ?, ?)
   on conflict (repository_id, child, parent) do nothing`,
);

/** Says what the repository needs for a manifest, which is named by its row's number. */
export async function insertEdges(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  parent: number,
  children: readonly Child[],
): Promise<void> {
  for (const { digest, kind } of children) {
    await tx.run(insertEdge, repositoryId, digest, parent, kind);
  }
}

const findParent = statement<[RepositoryId, Digest], { digest: Digest }>(
  `select manifest.digest from manifest_edge edge
   join manifest on manifest.id = edge.parent
   where edge.repository_id = ? and edge.child = ? limit 1`,
);

/** A manifest of the repository, staged ones included, that needs this blob or manifest. */
export async function findManifestOver(
  tx: Pick<ReadTransaction, 'first'>,
  repositoryId: RepositoryId,
  child: Digest,
): Promise<Digest | undefined> {
  return (await tx.first(findParent, repositoryId, child))?.digest;
}

const selectManifests = statement<[Digest, RepositoryId], { child: Digest }>(
  `select child from manifest_edge
   where parent = (select id from manifest where digest = ?)
     and repository_id = ? and kind = 'manifest'`,
);

/** A manifest and every manifest that it leads to, through indexes of indexes. */
export async function listClosure(
  tx: Pick<ReadTransaction, 'all'>,
  repositoryId: RepositoryId,
  root: Digest,
): Promise<readonly Digest[]> {
  const found = new Set([root]);
  for (const digest of found) {
    for (const { child } of await tx.all(selectManifests, digest, repositoryId)) found.add(child);
  }
  return [...found];
}

const deleteUnheld = statement<[RepositoryId, Digest, RepositoryId, Digest]>(
  `delete from manifest_edge
   where repository_id = ? and parent = (select id from manifest where digest = ?)
     and not exists (select 1 from repository_manifest held
       where held.repository_id = ? and held.digest = ?)`,
);

/** Forgets what a manifest needed, unless the repository still holds it. */
export async function eraseUnheldEdges(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  parent: Digest,
): Promise<void> {
  await tx.run(deleteUnheld, repositoryId, parent, repositoryId, parent);
}
