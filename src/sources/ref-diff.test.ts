import { expect, test } from 'vitest';
import { diffRefs } from './ref-diff.ts';

const main = { type: 'branch', name: 'main', commit: 'a1' } as const;
const tag = { type: 'tag', name: 'main', commit: 'a1' } as const;

test('refs that are new or point elsewhere are changes', async () => {
  const moved = { ...main, commit: 'b2' };

  expect(await diffRefs([main], [moved, tag])).toEqual([moved, tag]);
});

test('a ref that is gone is a change without a commit', async () => {
  expect(await diffRefs([main, tag], [main])).toEqual([{ type: 'tag', name: 'main' }]);
});

test('nothing changed is no change', async () => {
  expect(await diffRefs([main, tag], [tag, main])).toEqual([]);
});

test('a ref that was deleted and is there again is gone and new, at the same commit too', async () => {
  const gone = { type: 'branch', name: 'main' };

  expect(await diffRefs([{ ...main, wasDeleted: true }], [main])).toEqual([gone, main]);
  expect(await diffRefs([{ ...main, wasDeleted: true }], [])).toEqual([gone]);
});
