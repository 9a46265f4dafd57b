import { expect, test } from 'vitest';
import { gitEnvironment } from './git-environment.ts';

test('A21 git is given nothing of the server’s own environment, and may fetch from nowhere', () => {
  const environment = gitEnvironment({ 'receive.maxInputSize': '5' });

  const names = Object.keys(environment).filter((name) => !/^GIT_CONFIG_(KEY|VALUE)_/.test(name));
  expect(names.toSorted()).toEqual([
    'GIT_ALLOC_LIMIT',
    'GIT_CONFIG_COUNT',
    'GIT_CONFIG_GLOBAL',
    'GIT_CONFIG_NOSYSTEM',
    'GIT_PROTOCOL_FROM_USER',
    'GIT_TERMINAL_PROMPT',
    'HOME',
    'LC_ALL',
    'PATH',
  ]);
  const settings = Object.values(environment);
  expect(settings[settings.indexOf('protocol.allow') + 1]).toBe('never');
  expect(environment['GIT_PROTOCOL_FROM_USER']).toBe('0');
});
