import { expect, test } from 'vitest';
import { chooseDefaultBranch } from './default-branch-policy.ts';

const branch = (name: string) => ({ type: 'branch', name, commit: 'a1' }) as const;

test('the branch that HEAD names stays the default, whatever else there is', () => {
  const refs = [branch('develop'), branch('main')];

  expect(chooseDefaultBranch({ refs, headBranch: 'develop' })).toBe('develop');
});

test('without it main comes before master, and master before others', () => {
  const refs = [branch('a'), branch('master')];

  expect(chooseDefaultBranch({ refs, headBranch: undefined })).toBe('master');
  expect(chooseDefaultBranch({ refs: [...refs, branch('main')], headBranch: undefined })).toBe(
    'main',
  );
});

test('a repository with tags alone has no default branch', () => {
  const refs = [{ type: 'tag', name: 'main', commit: 'a1' } as const];

  expect(chooseDefaultBranch({ refs, headBranch: undefined })).toBeUndefined();
});
