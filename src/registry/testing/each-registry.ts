import { describe } from 'vitest';
import { testDialects } from '#platform/db/testing';
import {
  type OpenRegistry,
  openRegistryFixture,
  type RegistryFixtureOptions,
  type RegistryParts,
} from './registry-fixture.ts';

const combinations: readonly RegistryParts[] = [
  ...testDialects.map((dialect) => ({ dialect, store: 'memory' }) as const),
  { dialect: 'sqlite', store: 'filesystem' },
  { dialect: 'sqlite', store: 'bucket' },
];

/** Runs a contract on every database, and on every store. */
export function describeEachRegistry(contract: (open: OpenRegistry) => void): void {
  describe.each(combinations)('the registry on $dialect and a $store store', (parts) => {
    contract((options?: RegistryFixtureOptions) => openRegistryFixture(parts, options));
  });
}
