import { expect, test } from 'vitest';
import { diffRefs } from './ref-diff.ts';

const main = { type: 'branch', name: 'main', commit: 'a1' } as const;
const tag = { type: 'tag', name: 'main', commit: 'a1' } as const;

test('refs that are new or point elsewhere are changes', () => {
  const moved = { ...main, commit: 'b2' };

  expect(diffRefs([main], [moved, tag])).toEqual([moved, tag]);
});

test('a ref that is gone is a change without a commit', () => {
  expect(diffRefs([main, tag], [main])).toEqual([{ type: 'tag', name: 'main' }]);
});

test('nothing changed is no change', () => {
  expect(diffRefs([main, tag], [tag, main])).toEqual([]);
});
