import { expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';
import { settingsAsEnvironment } from './setting-texts.ts';

const names = [
  'logLevel',
  'builderSlots',
  'builderExecutor',
  'builderCpus',
  'builderMemory',
  'builderProcesses',
  'builderDisk',
  'builderAllow',
  'builderExtraCa',
] as const;

test('settings from flags, environment and file alike are read again with the same values', () => {
  const config = loadConfig({
    file: { builderDisk: '1.5GiB', builderAllow: '10.1.0.0/16, fd00::/8' },
    environment: { SLIPWAY_BUILDER_MEMORY: '512MiB', SLIPWAY_BUILDER_EXTRA_CA: '/etc/ca.pem' },
    flags: { builderCpus: '0.5', builderSlots: '3', builderExecutor: 'fake', logLevel: 'warn' },
  });

  const again = loadConfig({ environment: settingsAsEnvironment(config, names) });

  for (const name of names) expect(again[name]).toEqual(config[name]);
  expect(again).toMatchObject({ builderDisk: 1_610_612_736, builderCpus: 0.5, builderSlots: 3 });
});

test('what is not set is left out', () => {
  const environment = settingsAsEnvironment(loadConfig({ environment: {} }), names);

  expect(environment).not.toHaveProperty('SLIPWAY_BUILDER_SLOTS');
  expect(environment).not.toHaveProperty('SLIPWAY_BUILDER_EXTRA_CA');
});
