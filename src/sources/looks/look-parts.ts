import type { Clock, Ids } from '#kernel';
import type { Database } from '#platform/db';
import type { Topic } from '#platform/events';
import type { JobQueue } from '#platform/jobs';
import type { Logger } from '#platform/telemetry';
import type { Providers } from '../providers.ts';
import type { RefListener, SourceId } from '../ref-changes.ts';

/** A delivery of the source has come further, or has failed. */
export interface DeliveryHint {
  readonly sourceId: SourceId;
}

/** What looks are made of. */
export interface LookParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly providers: Providers;
  readonly listener: RefListener;
  /** One group a source, of which one job runs at a time. */
  readonly queue: JobQueue;
  readonly hints: Topic<DeliveryHint>;
}
