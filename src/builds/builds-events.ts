import type { Topic } from '#platform/events';

/** What happened in this room, told to all servers after it is durable. */
export type BuildsEvent =
  | { readonly type: 'build-changed'; readonly buildId: number; readonly repositoryId: number }
  | { readonly type: 'log-grew'; readonly attemptId: string }
  /** There may be something to lease. */
  | { readonly type: 'queue-changed' }
  /** The attempt has no rights any more. */
  | {
      readonly type: 'attempt-ended';
      readonly attemptId: string;
      readonly builder: string;
      readonly reason: string;
    }
  /** It connected, or has room again. */
  | { readonly type: 'builder-changed'; readonly builder: string };

/** Hints that save waiting: whoever listens looks by itself as well. */
export type BuildsEvents = Topic<BuildsEvent>;
