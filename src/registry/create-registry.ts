import { type Clock, type Ids, systemClock } from '#kernel';
import { systemIds } from '#platform/crypto';
import type { Database } from '#platform/db';
import type { BlobStore } from '#storage';
import { createBlobs } from './blobs/create-blobs.ts';
import { WholeBlobs } from './blobs/whole-blobs.ts';
import { createManifests } from './manifests/create-manifests.ts';
import type { PublishRules } from './publish-rules.ts';
import type { Registry } from './registry.ts';
import { chainRules } from './rule-chain.ts';
import { createStages } from './stages/create-stages.ts';
import { createTags } from './tags/create-tags.ts';
import { createUploads } from './uploads/create-uploads.ts';

export interface RegistryOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly rules: readonly PublishRules[];
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly largestBlobBytes?: number;
}

const tebibyte = 2 ** 40;

export function createRegistry(options: RegistryOptions): Registry {
  const { database, blobs: store, clock = systemClock, ids = systemIds } = options;
  const { largestBlobBytes = tebibyte } = options;
  const rules = chainRules(options.rules);
  const whole = new WholeBlobs({ store, clock });
  return {
    blobs: createBlobs({ database, store, whole, clock }),
    uploads: createUploads({ database, store, whole, clock, ids, largestBlobBytes }),
    manifests: createManifests({ database, rules, whole, clock }),
    tags: createTags({ database, rules }),
    stages: createStages({ rules, clock }),
  };
}
