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
/** Guesses at a name from so many addresses, once from each. */
const failFromMany = (addresses: number, name: string) => {
  for (let host = 1; host <= addresses; host += 1) fail(1, name, `198.51.100.${host}`);
};

test('A39 ten wrong passwords for a name from one address make it wait there, and nowhere else', () => {
  fail(10, 'alice', '192.0.2.1');

  expect(() => fail(1, 'alice', '192.0.2.1')).toThrow('try again in 30 seconds');
  expect(() => fail(1, 'alice', '192.0.2.2')).not.toThrow();
  expect(() => fail(1, 'bob', '192.0.2.1')).not.toThrow();
});

test('A39 one name is guarded against guesses from many addresses', () => {
  failFromMany(100, 'alice');

  expect(() => fail(1, 'alice', '192.0.2.200')).toThrow('try again in 30 seconds');
  expect(() => fail(1, 'bob', '192.0.2.200')).not.toThrow();
});

test('A39 one address is guarded against guesses at many names', () => {
  for (let account = 0; account < 60; account += 1) fail(1, `user${account}`, '192.0.2.1');

  expect(() => fail(1, 'alice', '192.0.2.1')).toThrow('try again in 5 seconds');
  expect(() => fail(1, 'alice', '192.0.2.2')).not.toThrow();
});

test('A39 where a name logged in before, others’ guesses at it and from there don’t count', () => {
  const login = { name: 'alice', remoteAddress: '192.0.2.1' };
  limits.begin(login);
  limits.succeed(login);

  failFromMany(100, 'alice');
  for (let account = 0; account < 60; account += 1) fail(1, `user${account}`, '192.0.2.1');

  expect(() => limits.begin(login)).not.toThrow();
  expect(() => fail(1, 'alice', '192.0.2.2')).toThrow('too many failed log-ins');
  expect(() => fail(1, 'bob', '192.0.2.1')).toThrow('too many failed log-ins');
  expect(() => fail(10, 'alice', '192.0.2.1')).toThrow('try again in 30 seconds');
});

test('a success gives an address and a name back this try alone', () => {
  const login = { name: 'alice', remoteAddress: '192.0.2.1' };
  for (let account = 0; account < 59; account += 1) fail(1, `user${account}`, '192.0.2.1');
  failFromMany(99, 'alice');
  limits.begin(login);

  limits.succeed(login);

  fail(1, 'bob', '192.0.2.1');
  expect(() => fail(1, 'bob', '192.0.2.1')).toThrow('too many failed log-ins');
  fail(1, 'alice', '192.0.2.2');
  expect(() => fail(1, 'alice', '192.0.2.2')).toThrow('too many failed log-ins');
});

test('a success lets the name start anew from its address', () => {
  const login = { name: 'alice', remoteAddress: '192.0.2.1' };
  fail(10, 'alice', '192.0.2.1');

  limits.succeed(login);

  expect(() => fail(10, 'alice', '192.0.2.1')).not.toThrow();
});

test('a try that could not be checked does not count', () => {
  const login = { name: 'alice', remoteAddress: '192.0.2.1' };
  fail(10, 'alice', '192.0.2.1');

  limits.abandon(login);

  expect(() => limits.begin(login)).not.toThrow();
});

test('A39 many refused tries at a name from one address are a flood there, and nowhere else', () => {
  const here = { name: 'alice', remoteAddress: '192.0.2.1' };
  fail(10, 'alice', '192.0.2.1');
  for (let guess = 0; guess < 199; guess += 1) {
    expect(() => limits.begin(here)).toThrow('too many failed log-ins');
  }
  expect(() => limits.assertNoFlood(here)).not.toThrow();

  expect(() => limits.begin(here)).toThrow('too many failed log-ins');

  expect(() => limits.assertNoFlood(here)).toThrow('try again in 1 second');
  expect(() => limits.assertNoFlood({ ...here, remoteAddress: '192.0.2.2' })).not.toThrow();
});

test('time gives tries back, up to a full burst', () => {
  fail(10, 'alice', '192.0.2.1');

  clock.advance(24 * 3_600_000);
  fail(10, 'alice', '192.0.2.1');

  expect(() => fail(1, 'alice', '192.0.2.1')).toThrow('too many failed log-ins');
});

test('A42 a limit remembers so many keys at most and forgets the oldest', () => {
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
