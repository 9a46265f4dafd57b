import type { PointedRef, Provider, ProviderCapabilities, RefSnapshot } from '../provider.ts';
import { sourcesErrors } from '../sources-errors.ts';

/** Refs that the test sets, the same for every source. */
export class MemoryProvider implements Provider {
  readonly kind = 'embedded';
  readonly capabilities: ProviderCapabilities;
  refs: readonly PointedRef[] = [];
  isBroken = false;
  /** Runs while a look is under way, after it began and before it sees the refs. */
  beforeRead: (name: string) => Promise<void> = async () => undefined;
  looks = 0;

  /** Can do what is given; everything, where nothing is. */
  constructor(capabilities: Partial<ProviderCapabilities> = this.#everything()) {
    const flags = { verifiesHooks: false, keepsKeys: false, reportsStatus: false };
    this.capabilities = { ...flags, ...capabilities };
  }

  async link(): Promise<void> {
    if (this.isBroken) throw sourcesErrors.fail('PROVIDER_FAILED', 'the disk is gone');
  }

  #everything(): Partial<ProviderCapabilities> {
    return {
      readRefs: (name) => this.#readRefs(name),
      cloneAccess: async (name) => ({ kind: 'gateway', path: `/memory/${name}` }),
    };
  }

  async #readRefs(name: string): Promise<RefSnapshot> {
    this.looks += 1;
    const { refs } = this;
    await this.beforeRead(name);
    if (this.isBroken) throw sourcesErrors.fail('SOURCE_UNREADABLE', 'the disk is gone');
    return { refs, defaultBranch: refs.find((ref) => ref.type === 'branch')?.name };
  }
}
