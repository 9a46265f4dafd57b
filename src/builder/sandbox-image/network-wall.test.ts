import { BlockList, isIPv6 } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type WallPlan, wallRules } from './network-wall.ts';

const nothing = { resolvers: [], allow: [], hostAddresses: [] };

/** What the rules make of a connection to an address, as the kernel reads them: the first that fits. */
function verdictOf(address: string, plan: WallPlan = nothing): 'open' | 'refused' {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const rules = wallRules(plan)[family].matchAll(/-A OUTPUT -d (\S+) -j (ACCEPT|REJECT)/g);
  for (const [, block = '', target] of rules) {
    if (isWithin(address, block, family)) return target === 'ACCEPT' ? 'open' : 'refused';
  }
  return 'open';
}

function isWithin(address: string, block: string, family: 'ipv4' | 'ipv6'): boolean {
  const [network = '', prefix] = block.split('/');
  const whole = family === 'ipv6' ? 128 : 32;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix ?? whole), family);
  return list.check(address, family);
}

describe('wallRules', () => {
  test('what is allowed comes before what is refused', () => {
    const { ipv4 } = wallRules({ ...nothing, allow: ['10.1.0.0/16'], hostAddresses: ['10.1.0.5'] });

    const lines = ipv4.split('\n');
    const allowed = lines.indexOf('-A OUTPUT -d 10.1.0.0/16 -j ACCEPT');
    expect(allowed).toBeGreaterThan(0);
    expect(lines.indexOf('-A OUTPUT -d 10.1.0.5 -j REJECT')).toBeGreaterThan(allowed);
    expect(lines.indexOf('-A OUTPUT -d 10.0.0.0/8 -j REJECT')).toBeGreaterThan(allowed);
  });

  test('a resolver is reached on port 53 only', () => {
    const { ipv4 } = wallRules({ ...nothing, resolvers: ['10.0.0.2'] });

    expect(ipv4.match(/.*10\.0\.0\.2.*/g)).toEqual([
      '-A OUTPUT -d 10.0.0.2 -p udp --dport 53 -j ACCEPT',
      '-A OUTPUT -d 10.0.0.2 -p tcp --dport 53 -j ACCEPT',
    ]);
  });

  test.each([
    ['0.1.2.3', 'refused'],
    ['10.255.0.1', 'refused'],
    ['100.100.100.200', 'refused'],
    ['127.0.0.1', 'refused'],
    ['168.63.129.16', 'refused'],
    ['169.254.169.254', 'refused'],
    ['172.31.0.1', 'refused'],
    ['192.0.0.192', 'refused'],
    ['192.88.99.1', 'refused'],
    ['192.168.1.1', 'refused'],
    ['198.18.0.1', 'refused'],
    ['198.19.255.254', 'refused'],
    ['224.0.0.1', 'refused'],
    ['255.255.255.255', 'refused'],
    ['192.0.2.1', 'open'],
    ['198.51.100.1', 'open'],
    ['203.0.113.1', 'open'],
    ['192.31.196.1', 'open'],
    ['192.52.193.1', 'open'],
    ['192.175.48.1', 'open'],
    ['198.17.255.255', 'open'],
    ['198.20.0.0', 'open'],
    ['1.1.1.1', 'open'],
    ['::', 'refused'],
    ['::1', 'refused'],
    ['::10.0.0.1', 'refused'],
    ['::ffff:10.0.0.1', 'refused'],
    ['64:ff9b::10.0.0.1', 'refused'],
    ['64:ff9b:1::10.0.0.1', 'refused'],
    ['64:ff9b:1:ffff::1', 'refused'],
    ['2002:a00:1::1', 'refused'],
    ['2001::1', 'refused'],
    ['2001:2::1', 'refused'],
    ['2001:10::1', 'refused'],
    ['100::1', 'refused'],
    ['100:0:0:1::1', 'refused'],
    ['5f00::1', 'refused'],
    ['fd00::1', 'refused'],
    ['fd00:ec2::254', 'refused'],
    ['fe80::1', 'refused'],
    ['fec0::1', 'refused'],
    ['ff02::1', 'refused'],
    ['2001:db8::1', 'open'],
    ['3fff::1', 'open'],
    ['2620:4f:8000::1', 'open'],
    ['2001:200::1', 'open'],
    ['64:ff9b:2::1', 'open'],
    ['2606:4700:4700::1111', 'open'],
  ])('A31 %s is %s', (address, verdict) => {
    expect(verdictOf(address)).toBe(verdict);
  });

  test.each(['203.0.113.7', '::ffff:203.0.113.7', '64:ff9b::203.0.113.7', '2002:cb00:7107::1'])(
    'A31 the host at 203.0.113.7 is not reached as %s',
    (address) => {
      expect(verdictOf(address, { ...nothing, hostAddresses: ['203.0.113.7'] })).toBe('refused');
    },
  );

  test('a network’s NAT64 is open where its block is allowed', () => {
    const plan = { ...nothing, allow: ['64:ff9b::/96'] };

    expect(verdictOf('64:ff9b::1.1.1.1', plan)).toBe('open');
  });

  test('each family gets its own addresses only', () => {
    const { ipv4, ipv6 } = wallRules({
      resolvers: ['10.0.0.2', 'fd00::2'],
      allow: ['10.1.0.0/16', 'fd01::/64'],
      hostAddresses: ['198.51.100.4', '2001:db8::4'],
    });

    expect(ipv4).not.toMatch(/fd0|2001/);
    expect(ipv6).not.toMatch(/10\.|198\./);
    expect(ipv6).toContain('-d 2001:db8::4 -j REJECT');
  });

  test('neighbours are still found where IPv6 is spoken', () => {
    const { ipv6 } = wallRules(nothing);

    const discovery = ipv6.indexOf('--icmpv6-type 135 -j ACCEPT');
    expect(discovery).toBeGreaterThan(0);
    expect(discovery).toBeLessThan(ipv6.indexOf('-d fe80::/10'));
  });
});
