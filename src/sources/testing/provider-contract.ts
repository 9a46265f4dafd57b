import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PointedRef, Provider } from '../provider.ts';

export interface ProviderFixture extends AsyncDisposable {
  readonly provider: Provider;
  /** Of a repository that can be linked. */
  readonly name: string;
  /** Pushes one commit to branches and tags of a linked repository, and gives the commit. */
  push(...refs: readonly Pick<PointedRef, 'type' | 'name'>[]): Promise<string>;
  /** Lets the provider fail at whatever it is asked from now on. */
  breakDown(): Promise<void>;
}

const main = { type: 'branch', name: 'main' } as const;
const topic = { type: 'branch', name: 'topic' } as const;
const release = { type: 'tag', name: 'v1' } as const;

/** What every driver of `Provider` keeps to. A driver's own test is one call of this. */
export function providerContract(driver: string, open: () => Promise<ProviderFixture>): void {
  describe(`a provider (${driver})`, () => {
    let fixture: ProviderFixture;
    let provider: Provider;
    let name: string;

    beforeEach(async () => {
      fixture = await open();
      ({ provider, name } = fixture);
    });
    afterEach(() => fixture[Symbol.asyncDispose]());

    const readRefs = async () => provider.capabilities.readRefs?.(name);

    test('a repository that was linked already stays as it is', async () => {
      await provider.link(name);
      const commit = await fixture.push(main);

      await provider.link(name);

      expect((await readRefs())?.refs).toEqual([{ ...main, commit }]);
    });

    test('a repository without a branch has no default branch', async () => {
      await provider.link(name);

      expect(await readRefs()).toEqual({ refs: [], defaultBranch: undefined });
    });

    test('refs are read with the commits that they lead to', async () => {
      await provider.link(name);
      const first = await fixture.push(main, topic, release);
      const second = await fixture.push(topic);

      const snapshot = await readRefs();

      expect(snapshot?.refs).toHaveLength(3);
      expect(snapshot?.refs).toEqual(
        expect.arrayContaining([
          { ...main, commit: first },
          { ...topic, commit: second },
          { ...release, commit: first },
        ]),
      );
      expect(snapshot?.defaultBranch).toBe('main');
    });

    test('refs that can not be read are a failure, and not gone', async () => {
      await provider.link(name);
      await fixture.push(main);
      await fixture.breakDown();

      await expect(readRefs()).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    });

    test('a repository that can not be linked is a failure of the provider', async () => {
      await fixture.breakDown();

      await expect(provider.link(name)).rejects.toMatchObject({ code: 'PROVIDER_FAILED' });
    });

    test('access to a clone leads to the repository', async () => {
      await provider.link(name);

      const access = await provider.capabilities.cloneAccess?.(name);

      expect(access).toEqual({ kind: 'gateway', path: expect.stringContaining(name) });
    });
  });
}
