import type { Clock } from '#kernel';
import type { Database } from '#platform/db';
import type { WholeBlobs } from '../blobs/whole-blobs.ts';
import type { PublishRules } from '../publish-rules.ts';

/** What the operations on manifests share. */
export interface ManifestsParts {
  readonly database: Database;
  readonly rules: PublishRules;
  readonly whole: WholeBlobs;
  readonly clock: Clock;
}
