import { beforeEach, expect, test } from 'vitest';
import { addressBlock } from '#kernel';
import { TestClock } from '#kernel/testing';
import { createLoginLimits, type LoginLimits } from './login-limits.ts';
import { TryLimit } from './try-limit.ts';

let clock: TestClock;
let limits: LoginLimits;

beforeEach(() => {
  clock = new TestClock();
  limits = createLoginLimits(clock);
});

const fail = (times: number, name: string, remoteAddress: string) => {
  for (let count = 0; count < times; count += 1) limits.begin({ name, remoteAddress });
};

test('one account is guarded against guesses from many addresses', () => {
  for (let host = 1; host <= 10; host += 1) fail(1, 'alice', `192.0.2.${host}`);

  expect(() => fail(1, 'alice', '192.0.2.200')).toThrow('try again in 30 seconds');
  expect(() => fail(1, 'bob', '192.0.2.200')).not.toThrow();
});

test('one address is guarded against guesses at many accounts', () => {
  for (let account = 0; account < 60; account += 1) fail(1, `user${account}`, '192.0.2.1');

  expect(() => fail(1, 'alice', '192.0.2.1')).toThrow('try again in 5 seconds');
  expect(() => fail(1, 'alice', '192.0.2.2')).not.toThrow();
});

test('a success frees the account, and the address only of that try', () => {
  const login = { name: 'alice', remoteAddress: '192.0.2.1' };
  for (let account = 0; account < 59; account += 1) fail(1, `user${account}`, '192.0.2.1');
  fail(1, 'alice', '192.0.2.1');

  limits.succeed(login);

  expect(() => fail(1, 'alice', '192.0.2.1')).not.toThrow();
  expect(() => fail(1, 'alice', '192.0.2.1')).toThrow('too many failed log-ins');
});

test('a try that could not be checked does not count', () => {
  const login = { name: 'alice', remoteAddress: '192.0.2.1' };
  fail(10, 'alice', '192.0.2.1');

  limits.abandon(login);

  expect(() => limits.begin(login)).not.toThrow();
});

test('time gives tries back, up to a full burst', () => {
  fail(10, 'alice', '192.0.2.1');

  clock.advance(24 * 3_600_000);
  fail(10, 'alice', '192.0.2.1');

  expect(() => fail(1, 'alice', '192.0.2.1')).toThrow('too many failed log-ins');
});

test('a limit remembers so many keys at most and forgets the oldest', () => {
  const limit = new TryLimit({ burst: 1, refillMilliseconds: 1_000, capacity: 2, clock });

  for (const key of ['a', 'b', 'c']) limit.spend(key);

  expect(['a', 'b', 'c'].map((key) => limit.waitMilliseconds(key))).toEqual([0, 1000, 1000]);
});

test.for([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
] as const)('the address %s counts as %s', ([address, block]) => {
  expect(addressBlock(address)).toBe(block);
});
