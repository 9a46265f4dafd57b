import type { PointedRef, Provider, RefSnapshot } from '../provider.ts';
import { sourcesErrors } from '../sources-errors.ts';

/** Refs that the test sets, the same for every source. */
export class MemoryProvider implements Provider {
  readonly kind = 'embedded';
  refs: readonly PointedRef[] = [];
  isBroken = false;
  /** Runs while a look is under way, after it began and before it sees the refs. */
  beforeRead: () => Promise<void> = async () => undefined;
  looks = 0;

  async link(): Promise<void> {
    if (this.isBroken) throw sourcesErrors.fail('GIT_FAILED', 'git is missing');
  }

  async readRefs(): Promise<RefSnapshot> {
    this.looks += 1;
    const { refs } = this;
    await this.beforeRead();
    if (this.isBroken) throw sourcesErrors.fail('SOURCE_UNREADABLE', 'the disk is gone');
    return { refs, defaultBranch: refs.find((ref) => ref.type === 'branch')?.name };
  }
}
