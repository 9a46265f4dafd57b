import type { LeasedAttempt } from '../attempts/lease-attempt.ts';

/** What a builder says when it connects. */
export interface BuilderGreeting {
  /** Stable over restarts of the builder: a newer connection of one name replaces the older. */
  readonly name: string;
  /** How many attempts it runs at once. 0: it is being drained and takes no more. */
  readonly slots: number;
  /** Of its tools, kept with each attempt. */
  readonly versions: Readonly<Record<string, string>>;
  /** Attempts whose sandboxes it still holds, after a broken connection. */
  readonly running: readonly string[];
}

/** What a connected builder is told. */
export type BuilderOrder =
  | { readonly type: 'welcome'; readonly connectionId: string }
  | { readonly type: 'assignment'; readonly attempt: LeasedAttempt }
  /** The attempt has no rights any more: its sandbox is to be thrown away. */
  | { readonly type: 'end'; readonly attemptId: string; readonly reason: string }
  | { readonly type: 'ping' };
