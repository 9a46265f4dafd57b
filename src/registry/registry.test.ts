import { describe } from 'vitest';
import { testDialects } from '#platform/db/testing';
import { manifestsContract } from './testing/manifests-contract.ts';
import {
  openRegistryFixture,
  type RegistryFixtureOptions,
  type RegistryParts,
} from './testing/registry-fixture.ts';
import { stagesContract } from './testing/stages-contract.ts';
import { uploadsContract } from './testing/uploads-contract.ts';

const combinations: readonly RegistryParts[] = [
  ...testDialects.map((dialect) => ({ dialect, store: 'memory' }) as const),
  { dialect: 'sqlite', store: 'filesystem' },
];

describe.each(combinations)('the registry on $dialect and a $store store', (parts) => {
  const open = (options?: RegistryFixtureOptions) => openRegistryFixture(parts, options);

  uploadsContract(open);
  manifestsContract(open);
  stagesContract(open);
});
