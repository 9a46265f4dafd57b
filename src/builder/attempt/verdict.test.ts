import { expect, test } from 'vitest';
import { builderErrors } from '../builder-errors.ts';
import { verdictOf } from './verdict.ts';

test('what a sandbox says in a verdict is cut, and holds no zero byte', () => {
  const words = `the engine's log ends with: \0${'x'.repeat(5_000)}`;

  const { message } = verdictOf(builderErrors.fail('SANDBOX_LOST', words), 'build');

  expect(message).toHaveLength(2_000);
  expect(message).not.toContain('\0');
});
