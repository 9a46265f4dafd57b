import { expect, test } from 'vitest';
import { parseScopes } from './token-scope.ts';

test.for([
  ['repository:alice/app:pull,push', [{ name: 'alice/app', actions: ['pull', 'push'] }]],
  ['repository:alice/app:push,pull,pull', [{ name: 'alice/app', actions: ['pull', 'push'] }]],
  ['repository:alice/a/b:pull', [{ name: 'alice/a/b', actions: ['pull'] }]],
  ['repository:alice/app:*', [{ name: 'alice/app', actions: ['pull', 'push', 'delete'] }]],
  ['repository:alice/app:pull,explode', [{ name: 'alice/app', actions: ['pull'] }]],
  ['repository:alice/app:', [{ name: 'alice/app', actions: [] }]],
  ['repository:app:pull', []],
  ['repository:alice/App:pull', []],
  ['repository:alice/app:pull:pull', []],
  ['repository:hub.example.com:5000/alice/app:pull', []],
  ['repository(plugin):alice/app:pull', [{ name: 'alice/app', actions: ['pull'] }]],
  ['registry(plugin):alice/app:pull', []],
  ['registry:catalog:*', []],
  [
    'repository:alice/a:pull repository:alice/b:push repository:alice/a:push',
    [
      { name: 'alice/a', actions: ['pull', 'push'] },
      { name: 'alice/b', actions: ['push'] },
    ],
  ],
  ['', []],
] as const)('the scope %j asks for %j', ([text, wanted]) => {
  expect(parseScopes([text])).toEqual(wanted);
});

test.for([
  'alice/app',
  'repository:alice/app',
  'repository:alice/app:pull;push',
  'repository:alice/app:pull,',
  'repository:alice/app:PULL',
  ':alice/app:pull',
  'repository::pull',
  'repository:alice/app\0:pull',
  'repository:alice/\u0085app:pull',
])('%j is no scope', (text) => {
  expect(() => parseScopes([text])).toThrow('a scope has the form');
});

test('a name between a comma and a space stays one name', () => {
  expect(() => parseScopes(['repository:alice/app,bob/app:pull'])).not.toThrow();
  expect(parseScopes(['repository:alice/app,bob/app:pull'])).toEqual([]);
});

test('more than 100 scopes are refused, however they are spelled', () => {
  const scopes = Array.from({ length: 101 }, (_, index) => `repository:alice/app${index}:pull`);

  expect(() => parseScopes(scopes)).toThrow('at most 100');
  expect(() => parseScopes([scopes.join(' ')])).toThrow('at most 100');
  expect(parseScopes(scopes.slice(1))).toHaveLength(100);
});

test.for([
  ['one long name', `repository:${'a/'.repeat(32_000)}b:pull`, []],
  ['many colons', `repository:${':'.repeat(64_000)}:pull`, []],
  ['many actions', `repository:alice/app:${'pull,'.repeat(12_000)}push`, ['pull', 'push']],
] as const)('A11 a scope of %s is read at once', ([, text, actions]) => {
  const before = process.threadCpuUsage();

  const wanted = parseScopes([text]);

  const { user, system } = process.threadCpuUsage(before);
  expect(wanted.flatMap((each) => each.actions)).toEqual(actions);
  expect(user + system).toBeLessThan(100_000);
});

test.for([
  ['spaces', ' '.repeat(64_000)],
  ['colons', ':'.repeat(64_000)],
  ['commas', `repository:a/b:${',a'.repeat(32_000)},`],
  ['letters', `repository:${'a'.repeat(64_000)}`],
  ['scopes', 'registry:catalog:* '.repeat(3_400)],
] as const)('A11 a scope of nothing but %s is refused or left out at once', ([, text]) => {
  const before = process.threadCpuUsage();

  try {
    expect(parseScopes([text])).toEqual([]);
  } catch (error) {
    expect(error).toMatchObject({ code: 'SCOPE_INVALID' });
  }

  const { user, system } = process.threadCpuUsage(before);
  expect(user + system).toBeLessThan(100_000);
});
