import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createCliFixture } from '../testing/cli-fixture.ts';
import { everyCommand, renderCliReference } from './cli-reference.ts';
import { commands } from './command-table.ts';

const page = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url));
const marker = '<!-- From here on made by `npm run golden`. -->\n';

test('docs/cli.md shows every help text as it is', async () => {
  const reference = `\n${await renderCliReference()}`;
  const [prose = '', shown] = (await readFile(page, 'utf8')).split(marker);

  if (process.env['UPDATE_GOLDEN']) await writeFile(page, `${prose}${marker}${reference}`);
  else expect(shown).toBe(reference);
});

test('the overview says of a command what its own help says', async () => {
  for (const { summary, load } of Object.values(commands)) {
    expect(summary).toBe((await load()).summary);
  }
});

test('no option of a command hides a common one', async () => {
  for (const { name, load } of everyCommand()) {
    const { options } = await load();

    expect(Object.keys(options), name).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(json|server|help)$/)]),
    );
  }
});

test.each([
  [['--help'], 'Usage: slipway <command>'],
  [[], 'Usage: slipway <command>'],
  [['build'], 'Usage: slipway build <verb>'],
  [['help', 'build'], 'Usage: slipway build <verb>'],
  [['help', 'build', 'logs'], 'Usage: slipway build logs <build>'],
  [['build', 'logs', '-h'], 'Usage: slipway build logs <build>'],
])('slipway %j explains itself on standard output', async (words, beginning) => {
  await using fixture = await createCliFixture();

  const run = await fixture.run(...words);

  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(run.stdout).toContain(beginning);
});

test('slipway --version tells the version', async () => {
  await using fixture = await createCliFixture();

  const { stdout } = await fixture.run('--version');

  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
