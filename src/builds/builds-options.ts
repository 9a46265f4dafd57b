import type { Clock, Ids } from '#kernel';
import type { SecretBox } from '#platform/crypto';
import type { Database } from '#platform/db';
import type { JobQueue } from '#platform/jobs';
import type { Logger } from '#platform/telemetry';
import type { Sources } from '#sources';
import type { BlobStore } from '#storage';
import type { BuildsEvents } from './builds-events.ts';
import type { ImagePublisher } from './image-publisher.ts';

/** What a namespace may use. Asked at every decision, so that a plan may change at any time. */
export interface BuildLimits {
  /** How many builds of a namespace run at once. */
  readonly concurrency: (namespaceId: number) => number;
  /** How many builds of a namespace may wait. */
  readonly pending: (namespaceId: number) => number;
  /** How many builds one push may start of a repository. */
  readonly perPush: (namespaceId: number) => number;
  /** How long an attempt may take. */
  readonly timeLimitMilliseconds: number;
}

/** What builds ask of the sources that they come from: `Sources` itself. */
export type BuildSources = Pick<
  Sources,
  'prepare' | 'cloneAccess' | 'listRefs' | 'findRef' | 'listDeliveries'
>;

/** What the parts of this room are made of. */
export interface BuildsParts {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logs: BlobStore;
  readonly publisher: ImagePublisher;
  readonly secretBox: SecretBox;
  readonly sources: BuildSources;
  readonly limits: BuildLimits;
  readonly events: BuildsEvents;
  /** Tells this process from other servers of the installation. */
  readonly serverId: string;
  readonly logger: Logger;
}
