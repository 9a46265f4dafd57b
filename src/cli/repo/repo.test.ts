import { expect, test } from 'vitest';
import { createCliFixture } from '../testing/cli-fixture.ts';

const repository = {
  name: 'alice/app',
  isPrivate: true,
  description: 'An app',
  immutability: { mode: 'patterns', patterns: ['^v'] },
  createdAt: '2026-11-24T06:00:00Z',
};

test('slipway repo show says what can be moved and when the last push was', async () => {
  await using fixture = await createCliFixture({ answers: { showRepository: repository } });

  const { stdout } = await fixture.run('repo', 'show', 'alice/app');

  expect(stdout).toBe(
    'alice/app (private)\n  An app\n  tags: none that match ^v can be moved\n' +
      '  created 2026-11-24 06:00:00, last push never\n',
  );
});

test('slipway repo create sends what is given and leaves the rest to the server', async () => {
  await using fixture = await createCliFixture({ answers: { createRepository: repository } });

  await fixture.run('repo', 'create', 'alice/app');
  await fixture.run('repo', 'create', 'alice/app', '--public', '--description', 'An app');

  expect(fixture.calls.map(({ body }) => body)).toEqual([
    { name: 'alice/app' },
    { name: 'alice/app', isPrivate: false, description: 'An app' },
  ]);
});

test('slipway repo edit changes which tags can be moved', async () => {
  await using fixture = await createCliFixture({ answers: { updateRepository: repository } });

  const patterns = ['--immutable-tags', '^v', '--immutable-tags', '^r'];
  await fixture.run('repo', 'edit', 'alice/app', ...patterns);
  await fixture.run('repo', 'edit', 'alice/app', '--immutable');

  expect(fixture.calls.map(({ body }) => body)).toEqual([
    { immutability: { mode: 'patterns', patterns: ['^v', '^r'] } },
    { immutability: { mode: 'all_immutable' } },
  ]);
});

test('an empty list says what to do next; for scripts it is an empty list', async () => {
  const answers = { listRepositories: { items: [] } };
  await using fixture = await createCliFixture({ answers });

  const forPeople = await fixture.run('repo', 'list');
  const forScripts = await fixture.run('repo', 'list', '--json');

  expect(forPeople.stdout).toContain('slipway repo create');
  expect(JSON.parse(forScripts.stdout)).toEqual({ items: [] });
});
