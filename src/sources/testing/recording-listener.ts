import type { WriteTransaction } from '#platform/db';
import type { Delivery, RefListener } from '../ref-changes.ts';

/** Remembers what it was told; refuses the transaction when the test says so. */
export class RecordingListener implements RefListener {
  readonly deliveries: Delivery[] = [];
  failure: Error | undefined;

  async refsChanged(_tx: WriteTransaction, delivery: Delivery): Promise<void> {
    if (this.failure) throw this.failure;
    this.deliveries.push(delivery);
  }
}
