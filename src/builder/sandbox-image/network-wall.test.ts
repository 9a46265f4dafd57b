import { describe, expect, test } from 'vitest';
import { wallRules } from './network-wall.ts';

const nothing = { resolvers: [], allow: [], hostAddresses: [] };

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

  test.each(['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'])(
    '%s is refused',
    (block) => {
      expect(wallRules(nothing).ipv4).toContain(`-d ${block} -j REJECT`);
    },
  );

  test.each(['fc00::/7', 'fe80::/10', '::ffff:0:0/96'])('%s is refused', (block) => {
    expect(wallRules(nothing).ipv6).toContain(`-d ${block} -j REJECT`);
  });

  test.each(['192.0.2.', '198.51.100.', '203.0.113.'])(
    'the documentation range %s0/24 is not refused',
    (range) => {
      expect(wallRules(nothing).ipv4).not.toContain(range);
    },
  );

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
