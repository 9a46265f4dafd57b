import { expect, test } from 'vitest';
import { createCliFixture } from '../testing/cli-fixture.ts';

const token = {
  id: 't1',
  label: 'ci',
  scope: 'repo:write',
  createdAt: '2026-11-24T06:00:00Z',
};

test('slipway token create prints the secret alone, so that it can be piped', async () => {
  const answers = { createAccessToken: { ...token, token: 'slip_pat_abc' } };
  await using fixture = await createCliFixture({ answers });

  const run = await fixture.run('token', 'create', 'ci', '--scope', 'repo:write', '--days', '2');

  expect(run.stdout).toBe('slip_pat_abc\n');
  expect(run.stderr).toContain('t1');
  expect(fixture.calls[0]?.body).toEqual({
    label: 'ci',
    scope: 'repo:write',
    expiresAt: '2026-11-26T06:10:00.000Z',
  });
});

test('slipway token list shows when a token was used', async () => {
  await using fixture = await createCliFixture({
    answers: { listAccessTokens: { items: [token] } },
  });

  const run = await fixture.run('token', 'list');

  expect(run.stdout).toBe(
    'ID   LABEL   SCOPE        LAST USED   EXPIRES\nt1   ci      repo:write   never       never\n',
  );
});

test('slipway user create reads the password of the new user, not from the command line', async () => {
  const answers = { createUser: { username: 'bob', isAdministrator: false } };
  await using fixture = await createCliFixture({ answers, input: 'long enough' });

  await fixture.run('user', 'create', 'bob', '--password-stdin');

  expect(fixture.calls[0]?.body).toEqual({
    username: 'bob',
    password: 'long enough',
    isAdministrator: false,
  });
});
