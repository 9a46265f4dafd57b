import { describe, expect, test } from 'vitest';
import { type Digest, parseReference, systemClock } from '#kernel';
import { createRegistryClient } from '../create-registry-client.ts';
import { startOddRegistry } from '../testing/odd-registry.ts';
import type { MayReach } from './address-guard.ts';
import { isPublicAddress } from './public-addresses.ts';

const refusal = { code: 'REGISTRY_ADDRESS_REFUSED' };
const digest = `sha256:${'0'.repeat(64)}` as Digest;
const credential = { kind: 'password', username: 'ada', password: 'secret' } as const;

/** As if the registry's own address were public, and no other. */
const registryAlone: MayReach = (address) => address === '127.0.0.1';

function open(registry: string, mayReach: MayReach = isPublicAddress) {
  return createRegistryClient({ registry, clock: systemClock, credential, mayReach });
}

describe('A31 a registry that a stranger names', () => {
  test.each([
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://[64:ff9b::7f00:1]',
    'http://169.254.169.254',
    'http://10.0.0.1',
    'https://192.168.1.1',
    'http://0.0.0.0',
    'http://localhost',
  ])('is not spoken to at %s', async (registry) => {
    await using client = open(registry);

    await expect(client.ping()).rejects.toMatchObject(refusal);
  });

  test('is spoken to where it may be, by address and by name', async () => {
    await using registry = await startOddRegistry(() => ({ body: '{}' }));
    const { port } = new URL(registry.url);

    for (const host of ['127.0.0.1', 'localhost']) {
      await using client = open(`http://${host}:${port}`, registryAlone);
      await client.ping();
    }

    expect(registry.seen).toHaveLength(2);
  });

  test('leads nobody elsewhere by a redirect', async () => {
    for (const place of ['http://127.0.0.2/metadata', 'http://[::1]/', 'http://169.254.169.254/']) {
      await using registry = await startOddRegistry(() => ({
        status: 307,
        headers: { location: place },
      }));
      await using client = open(registry.url, registryAlone);

      const opened = client.repository('team/app').openBlob({ digest, size: 1 });

      await expect(opened).rejects.toMatchObject(refusal);
      expect(registry.seen).toHaveLength(1);
    }
  });

  test('leads nobody elsewhere by the place of its tokens', async () => {
    await using registry = await startOddRegistry(() => ({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="http://127.0.0.2/token",service="x"' },
    }));
    await using client = open(registry.url, registryAlone);

    const asked = client.repository('team/app').getManifest(parseReference('latest'));

    await expect(asked).rejects.toMatchObject(refusal);
  });

  test('leads nobody elsewhere by the place of an upload', async () => {
    await using registry = await startOddRegistry(({ line }) =>
      line.startsWith('POST')
        ? { status: 202, headers: { location: 'http://127.0.0.2/upload' } }
        : { status: 404 },
    );
    await using client = open(registry.url, registryAlone);

    const put = client.repository('team/app').putBlob({ digest, size: 1 }, Buffer.from('x'));

    await expect(put).rejects.toMatchObject(refusal);
  });

  test('does not hide a private address behind a public one of its name', async () => {
    const asked: string[] = [];
    await using client = open('http://localhost:1', (address) => {
      asked.push(address);
      return false;
    });

    await expect(client.ping()).rejects.toMatchObject(refusal);
    expect(asked).toContain('127.0.0.1');
  });
});

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '2606:4700:4700::1111',
  '2a00:1450::1',
])('%s is an address of the internet', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  '0.0.0.0',
  '10.255.255.255',
  '100.64.0.1',
  '127.0.0.1',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b:1::a00:1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:a00:1::',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
])('A31 %s is none', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
