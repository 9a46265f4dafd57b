import { expect, test } from 'vitest';
import { isGranted } from './registry-grant.ts';

test.for([
  ['alice/app', 'pull', true],
  ['alice/app', 'push', false],
  ['alice/ap', 'pull', false],
  ['alice/app2', 'pull', false],
  ['alice/app/sub', 'pull', false],
  ['alice', 'pull', false],
] as const)('grants to pull alice/app, asked for %s to %s: %s', ([name, action, granted]) => {
  const grants = [{ name: 'alice/app', actions: ['pull'] as const }];

  expect(isGranted(grants, name, action)).toBe(granted);
});
