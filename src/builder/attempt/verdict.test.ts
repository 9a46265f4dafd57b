import { expect, test } from 'vitest';
import { builderErrors } from '../builder-errors.ts';
import { createSecretMask } from '../log/secret-mask.ts';
import { verdictOf } from './verdict.ts';

const says = (words: string, secrets: readonly string[] = []) =>
  verdictOf(builderErrors.fail('SANDBOX_LOST', words), 'build', createSecretMask(secrets)).message;

test('what a sandbox says in a verdict is cut, and holds no zero byte', () => {
  const message = says(`the engine's log ends with: \0${'x'.repeat(5_000)}`);

  expect(message).toHaveLength(2_000);
  expect(message).not.toContain('\0');
});

test('A28 a verdict holds no part of a secret that its end cuts through', () => {
  const message = says(`${'x'.repeat(1_990)}hunter2-hunter2`, ['hunter2-hunter2']);

  expect(message).toBe(`${'x'.repeat(1_990)}***`);
});
