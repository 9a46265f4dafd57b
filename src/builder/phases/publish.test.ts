import { expect, test } from 'vitest';
import type { PublishReport } from '#protocol';
import { PhaseLog } from '../log/attempt-log.ts';
import { createSecretMask } from '../log/secret-mask.ts';
import { publish } from './publish.ts';

function publishing(tags: PublishReport['tags']) {
  const lines: string[] = [];
  const log = new PhaseLog(createSecretMask([]), (_, text) => lines.push(text));
  return { lines, done: publish({ publish: async () => ({ tags }) }, log) };
}

test('each tag is told of, and one that a newer build has set is no failure', async () => {
  const { lines, done } = publishing([
    { tag: 'v1', digest: 'sha256:1', outcome: 'moved' },
    { tag: 'latest', digest: 'sha256:1', outcome: 'outdated', message: 'build 42 is newer' },
  ]);

  await done;

  expect(lines).toEqual(['v1 is now sha256:1', 'latest not moved: build 42 is newer']);
});

test('a tag that a rule forbids to move fails the build, and the others have moved', async () => {
  const { lines, done } = publishing([
    { tag: 'latest', digest: 'sha256:1', outcome: 'moved' },
    { tag: 'v1', digest: 'sha256:1', outcome: 'refused', message: 'it is immutable' },
  ]);

  await expect(done).rejects.toMatchObject({
    reason: 'publish_refused',
    message: 'v1 not moved: it is immutable',
  });
  expect(lines).toContain('latest is now sha256:1');
});

test('a push hook that pushes nothing is no failure', async () => {
  const { lines, done } = publishing([]);

  await done;

  expect(lines).toEqual(['Nothing new was pushed, so that no tag moves.']);
});
