import type { Digest, Reference } from '#kernel';
import type { ReadTransaction } from '#platform/db';
import type { ManifestDescriptor, Manifests, Visit } from '../registry.ts';
import { findStagedTag } from '../stages/stage-store.ts';
import {
  findManifest,
  findTaggedManifest,
  getManifest,
  getTaggedManifest,
  published,
} from './manifest-store.ts';
import type { ManifestsParts } from './manifests-parts.ts';
import { putManifest } from './put-manifest.ts';
import { removeManifest } from './remove-manifest.ts';

export function createManifests(parts: ManifestsParts): Manifests {
  const { database } = parts;
  return {
    get: (visit, reference) =>
      database.read((tx) => lookUp(tx, visit, reference, [getTaggedManifest, getManifest])),
    find: (visit, reference) =>
      database.read((tx) => lookUp(tx, visit, reference, [findTaggedManifest, findManifest])),
    put: (visit, upload) => putManifest(parts, visit, upload),
    remove: (visit, digest) => removeManifest(parts, visit, digest),
  };
}

type LookUps<Found> = readonly [
  byTag: (...subject: Parameters<typeof findTaggedManifest>) => Promise<Found | undefined>,
  byDigest: (...subject: Parameters<typeof findManifest>) => Promise<Found | undefined>,
];

/** A stage's own tags come before what everybody sees. */
async function lookUp<Found extends ManifestDescriptor>(
  tx: ReadTransaction,
  { repositoryId, actor }: Visit,
  reference: Reference,
  [byTag, byDigest]: LookUps<Found>,
): Promise<Found | undefined> {
  const stage = actor.stage ?? published;
  const held = (digest: Digest) => byDigest(tx, { repositoryId, digest, stage });
  if (reference.kind === 'digest') return held(reference.digest);
  if (actor.stage !== undefined) {
    const staged = await findStagedTag(tx, actor.stage, repositoryId, reference.tag);
    if (staged !== undefined) return held(staged);
  }
  return byTag(tx, repositoryId, reference.tag);
}
