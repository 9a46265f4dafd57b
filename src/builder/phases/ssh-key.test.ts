import { expect, test } from 'vitest';
import { sshKeyText } from './ssh-key.ts';

test('a key that was entered on one line gets its lines back', () => {
  expect(sshKeyText('-----BEGIN-----\\nabc\\n-----END-----')).toBe(
    '-----BEGIN-----\nabc\n-----END-----\n',
  );
});

test('a key ends with exactly one line end', () => {
  expect(sshKeyText('-----BEGIN-----\nabc\n-----END-----\n\n')).toBe(
    '-----BEGIN-----\nabc\n-----END-----\n',
  );
});
