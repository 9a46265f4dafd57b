import { describe, expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';

describe('configuration', () => {
  test('a flag goes before the environment, the environment before the file, the file before the default', () => {
    const file = { pendingBuilds: '1', concurrentBuilds: '2', buildMinutes: '3' };
    const environment = { SLIPWAY_CONCURRENT_BUILDS: '4', SLIPWAY_BUILD_MINUTES: '5' };

    const config = loadConfig({ file, environment, flags: { buildMinutes: '6' } });

    expect(config).toMatchObject({
      pendingBuilds: 1,
      concurrentBuilds: 4,
      buildMinutes: 6,
      logLevel: 'info',
    });
  });

  test('all problems are told together, with the name and what is expected', () => {
    const environment = {
      SLIPWAY_LISTEN: 'nowhere',
      SLIPWAY_BUILD_MINUTES: 'long',
      SLIPWAY_LISTN: 'x',
    };

    const load = () => loadConfig({ environment });

    expect(load).toThrow(/SLIPWAY_LISTN is no setting; did you mean SLIPWAY_LISTEN\?/);
    expect(load).toThrow(/SLIPWAY_LISTEN expects HOST:PORT, not "nowhere"/);
    expect(load).toThrow(/SLIPWAY_BUILD_MINUTES expects a number above 0/);
  });

  test('a builder’s credential that no header can hold is refused, and not repeated', () => {
    const load = () => loadConfig({ environment: { SLIPWAY_BUILDER_TOKEN: 'two words' } });

    expect(load).toThrow(/SLIPWAY_BUILDER_TOKEN expects letters, digits/);
    expect(load).not.toThrow(/two words/);
  });

  test('a wrong secret is never shown', () => {
    const load = () => loadConfig({ environment: { SLIPWAY_SECRET_KEY: 'hunter2' } });

    expect(load).toThrow(/SLIPWAY_SECRET_KEY expects at least 32 bytes/);
    expect(load).not.toThrow(/hunter2/);
  });

  test('PostgreSQL without a shared secret key is refused', () => {
    const load = () =>
      loadConfig({ environment: { SLIPWAY_DATABASE_URL: 'postgres://a:b@db/slipway' } });

    expect(load).toThrow(/SLIPWAY_SECRET_KEY is needed with PostgreSQL/);
  });

  test.each([
    ['http://hub.example.com', /needs a port with http/],
    ['ftp://hub.example.com', /expects an address/],
    ['https://hub.example.com/registry', /without path/],
  ])('the public address %s is refused', (address, message) => {
    expect(() => loadConfig({ environment: { SLIPWAY_PUBLIC_URL: address } })).toThrow(message);
  });

  test('trusted proxies are addresses and networks', () => {
    const environment = { SLIPWAY_TRUSTED_PROXIES: '10.0.0.5, 172.16.0.0/12,fd00::/8,::1' };

    expect(loadConfig({ environment }).trustedProxies).toEqual([
      '10.0.0.5',
      '172.16.0.0/12',
      'fd00::/8',
      '::1',
    ]);
    expect(loadConfig({ environment: {} }).trustedProxies).toEqual([]);
  });

  test.each([
    'proxy.example.com',
    '10.0.0.5:8080',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fd00::/129',
    '300.1.1.1',
    '10.0.0.1 10.0.0.2',
  ])('trusted proxies can not be %s, and the start says which is wrong', (wrong) => {
    const load = () =>
      loadConfig({ environment: { SLIPWAY_TRUSTED_PROXIES: `127.0.0.1,${wrong}` } });

    expect(load).toThrow(
      /SLIPWAY_TRUSTED_PROXIES expects addresses and networks such as 10\.0\.0\.5/,
    );
    expect(load).toThrow(`wrong is ${wrong}`);
  });

  test('an IPv6 listen address stands in brackets', () => {
    const config = loadConfig({ environment: { SLIPWAY_LISTEN: '[::1]:5000' } });

    expect(config.listen).toEqual({ host: '::1', port: 5000 });
  });
});
