import type { Clock } from '#kernel';
import type { Database } from '#platform/db';
import type { PublishRules } from '../publish-rules.ts';

/** What the operations on manifests share. */
export interface ManifestsParts {
  readonly database: Database;
  readonly rules: PublishRules;
  readonly clock: Clock;
}
