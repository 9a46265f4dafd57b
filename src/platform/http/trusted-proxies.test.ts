import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { trustProxies } from './trusted-proxies.ts';

const proxies = trustProxies(['10.0.0.0/8', '192.0.2.7', 'fd00::/16']);

function clientOf(peer: string, headers: Readonly<Record<string, string>>): string {
  return proxies.clientOf({
    socket: { remoteAddress: peer },
    headers,
  } as unknown as IncomingMessage);
}

test.for([
  ['a proxy names its client', '10.1.1.1', '203.0.113.9', '203.0.113.9'],
  ['over an IPv6 socket', '::ffff:10.1.1.1', '203.0.113.9', '203.0.113.9'],
  ['what stands further left was made up', '10.1.1.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['through two proxies', '10.1.1.1', '203.0.113.9, 192.0.2.7', '203.0.113.9'],
  ['made up before two proxies', '10.1.1.1', '1.1.1.1, 203.0.113.9, 192.0.2.7', '203.0.113.9'],
  ['a proxy speaks for itself', '10.1.1.1', '', '10.1.1.1'],
  ['all of them are proxies', '10.1.1.1', '10.2.2.2, 10.3.3.3', '10.2.2.2'],
  ['nonsense names nobody', '10.1.1.1', 'localhost', '10.1.1.1'],
  ['nonsense ends the way', '10.1.1.1', '203.0.113.9, unknown, 192.0.2.7', '192.0.2.7'],
  ['with a port', '10.1.1.1', '203.0.113.9:4711', '203.0.113.9'],
  ['IPv6', 'fd00::1', '2001:db8::1', '2001:db8::1'],
  ['IPv6 in brackets, with a port', 'fd00::1', '[2001:db8::1]:443', '2001:db8::1'],
  ['a stranger is not believed', '203.0.113.1', '198.51.100.1', '203.0.113.1'],
] as const)('X-Forwarded-For: %s', ([, peer, header, client]) => {
  expect(clientOf(peer, { 'x-forwarded-for': header })).toBe(client);
});

test.for([
  ['for=203.0.113.9;proto=https;by=10.1.1.1', '203.0.113.9'],
  ['proto=https; For="[2001:db8::1]:4711"', '2001:db8::1'],
  ['for=198.51.100.1, for=203.0.113.9', '203.0.113.9'],
  ['for=203.0.113.9, for=192.0.2.7', '203.0.113.9'],
  ['for=203.0.113.9, for=_hidden', '10.1.1.1'],
  ['by=10.1.1.1', '10.1.1.1'],
] as const)('Forwarded: %s is %s', ([header, client]) => {
  expect(clientOf('10.1.1.1', { forwarded: header })).toBe(client);
});

test('of two headers that disagree the client made up one, so that neither is believed', () => {
  const made = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=198.51.100.1' };

  expect(clientOf('10.1.1.1', made)).toBe('10.1.1.1');
  expect(clientOf('10.1.1.1', { ...made, forwarded: 'for=203.0.113.9' })).toBe('203.0.113.9');
});

test.for([
  ['https', 'hub.docker.com', '10.1.1.1', 'https://hub.docker.com'],
  ['http', '127.0.0.1:5000', '10.1.1.1', 'http://127.0.0.1:5000'],
  ['https', '[2001:db8::1]:443', 'fd00::1', 'https://[2001:db8::1]:443'],
  ['https', 'hub.docker.com', '203.0.113.1', undefined],
  ['https', 'a.example, b.example', '10.1.1.1', undefined],
  ['https', 'user@hub.example', '10.1.1.1', undefined],
  ['https', 'hub.example/x', '10.1.1.1', undefined],
  ['https', 'hub.example:99999', '10.1.1.1', undefined],
  ['javascript', 'hub.example', '10.1.1.1', undefined],
  ['https', undefined, '10.1.1.1', undefined],
  [undefined, 'hub.example', '10.1.1.1', undefined],
] as const)(
  'A43 X-Forwarded-Proto %s and -Host %s from %s say %s',
  ([scheme, host, peer, origin]) => {
    const headers = { 'x-forwarded-proto': scheme, 'x-forwarded-host': host };
    const request = { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;

    expect(proxies.originOf(request)).toBe(origin);
  },
);

test('nobody is trusted by default', () => {
  const nobody = trustProxies([]);
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hub.example' };
  const request = { socket: { remoteAddress: '127.0.0.1' }, headers };

  expect(nobody.originOf(request as unknown as IncomingMessage)).toBeUndefined();

  expect(nobody.includes('127.0.0.1')).toBe(false);
});
