import type { WriteTransaction } from '#platform/db';
import type { ChangesToTake, RefChange, RefListener } from '../ref-changes.ts';

/** Remembers what it took up; refuses the transaction when the test says so. */
export class RecordingListener implements RefListener {
  /** One entry a call. */
  readonly steps: ChangesToTake[] = [];
  failure: Error | undefined;
  /** How many changes it takes at once. */
  most = 1_000;

  async takeUp(tx: WriteTransaction, given: ChangesToTake): Promise<number> {
    if (this.failure) throw this.failure;
    const changes = given.changes.slice(0, this.most);
    tx.afterCommit(() => this.steps.push({ ...given, changes }));
    return changes.length;
  }

  get changes(): readonly RefChange[] {
    return this.steps.flatMap(({ changes }) => changes);
  }
}
