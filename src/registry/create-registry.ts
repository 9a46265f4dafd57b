import { type Clock, type Ids, systemClock } from '#kernel';
import { systemIds } from '#platform/crypto';
import type { Database } from '#platform/db';
import type { BlobStore } from '#storage';
import { createBlobs } from './blobs/create-blobs.ts';
import { WholeBlobs } from './blobs/whole-blobs.ts';
import { createContents } from './contents/create-contents.ts';
import { createManifests } from './manifests/create-manifests.ts';
import { createFactsFinder } from './manifests/facts-finder.ts';
import type { PublishRules } from './publish-rules.ts';
import type { Registry } from './registry.ts';
import { chainRules } from './rule-chain.ts';
import { createStages } from './stages/create-stages.ts';
import { createTags } from './tags/create-tags.ts';
import { createUploads } from './uploads/create-uploads.ts';
import { UploadLimits, type UploadLimitsOptions } from './uploads/upload-limits.ts';

export interface RegistryOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly rules: readonly PublishRules[];
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly largestBlobBytes?: number;
  readonly uploadLimits?: UploadLimitsOptions;
}

const tebibyte = 2 ** 40;
const defaultUploadLimits = { perCaller: 1000, perRepository: 2000, inAll: 50_000 };

export function createRegistry(options: RegistryOptions): Registry {
  const { database, blobs: store, clock = systemClock, ids = systemIds } = options;
  const { largestBlobBytes = tebibyte, uploadLimits = defaultUploadLimits } = options;
  const limits = new UploadLimits(uploadLimits, clock);
  const rules = chainRules(options.rules);
  const whole = new WholeBlobs({ database, store, clock });
  const facts = createFactsFinder({ database, store, clock });
  return {
    blobs: createBlobs({ database, store, whole, clock }),
    uploads: createUploads({ database, store, whole, limits, clock, ids, largestBlobBytes }),
    manifests: createManifests({ database, rules, whole, facts, clock }),
    tags: createTags({ database, rules, facts }),
    stages: createStages({ rules, clock }),
    contents: createContents({ database, clock }),
  };
}
