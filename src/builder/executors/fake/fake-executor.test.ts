import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executorContract } from '../testing/executor-contract.ts';
import { createFakeExecutor } from './fake-executor.ts';

executorContract('fake', async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), 'slipway-fake-'));
  const create = () => createFakeExecutor({ stateFolder });
  return {
    executor: create(),
    nextLife: create,
    leftovers: (owner) => readdir(join(stateFolder, owner)).catch(() => []),
  };
});
