import { expect, test } from 'vitest';
import { loadConfig, type SettingName, settings } from '#platform/config';
import { childEnvironment } from './child-environment.ts';

const secretSettings = {
  SLIPWAY_SECRET_KEY: Buffer.alloc(32).toString('base64'),
  SLIPWAY_DATABASE_URL: 'postgres://slipway:hunter2@db/slipway',
  SLIPWAY_ADMIN_USERNAME: 'admin',
  SLIPWAY_ADMIN_PASSWORD: 'hunter2',
  SLIPWAY_BUILDER_TOKEN: 'of-other-builders',
};

function environmentOf(environment: Readonly<Record<string, string>>, flags = {}) {
  const config = loadConfig({ environment: { ...secretSettings }, flags });
  const whole = { ...secretSettings, ...environment };
  return childEnvironment({ config, environment: whole, token: 'own', ownHost: '127.0.0.1' });
}

test('A28 the child builder is given its own settings and credential, and nothing else of the server', () => {
  const given = environmentOf({ PATH: '/bin', HOME: '/root', GITHUB_TOKEN: 'hunter2' });

  const ours = Object.keys(given).filter((name) => name.startsWith('SLIPWAY_'));
  expect(ours.every((name) => /^SLIPWAY_(BUILDER_|LOG_LEVEL$)/.test(name))).toBe(true);
  expect(given).toMatchObject({ PATH: '/bin', HOME: '/root', SLIPWAY_BUILDER_TOKEN: 'own' });
  expect(JSON.stringify(given)).not.toMatch(/hunter2|of-other-builders/);
});

test('every setting of a builder goes along, wherever it was set', () => {
  const isBuilders = (name: string) => name.startsWith('builder') && name !== 'builder';
  const names = (Object.keys(settings) as SettingName[]).filter(isBuilders);
  const flags = { builderSlots: '3', builderAllow: '10.1.0.0/16', builderExtraCa: '/ca.pem' };

  const given = environmentOf({}, flags);

  expect(Object.keys(given)).toEqual(
    expect.arrayContaining(names.map((name) => settings[name].env)),
  );
  expect(given).toMatchObject({ SLIPWAY_BUILDER_SLOTS: '3', SLIPWAY_BUILDER_ALLOW: '10.1.0.0/16' });
});

test('no proxy leads to the server itself', () => {
  const given = environmentOf({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'example.com' });

  expect(given).toMatchObject({ NO_PROXY: 'example.com,127.0.0.1' });
});
