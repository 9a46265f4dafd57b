import type { Clock } from '#kernel';
import type { Database } from '#platform/db';
import type { WholeBlobs } from '../blobs/whole-blobs.ts';
import type { PublishRules } from '../publish-rules.ts';
import type { FactsFinder } from './facts-finder.ts';

/** What the operations on manifests share. */
export interface ManifestsParts {
  readonly database: Database;
  readonly rules: PublishRules;
  readonly whole: WholeBlobs;
  readonly facts: FactsFinder;
  readonly clock: Clock;
}
