import { expect, test } from 'vitest';
import { refuseUnrunnable } from './hooks.ts';

function hook(firstLine: string, isInside = true) {
  return { name: 'build', isInside, firstLine } as const;
}

test.each(['#!/bin/bash', '#!/usr/bin/env python3', '#! /bin/sh -e', '\u007fELF\u0002'])(
  'a hook that begins with %j runs',
  (firstLine) => {
    expect(() => refuseUnrunnable(hook(firstLine))).not.toThrow();
  },
);

test('a hook without an interpreter line is refused with the line to write', () => {
  expect(() => refuseUnrunnable(hook('echo hello'))).toThrow(
    'hooks/build has no interpreter line: begin it with a line such as #!/bin/bash',
  );
});

test('a hook with Windows line ends is refused with the setting that mends it', () => {
  expect(() => refuseUnrunnable(hook('#!/bin/bash\r'))).toThrow('eol=lf');
});

test('a hook that leads out of the source is refused', () => {
  expect(() => refuseUnrunnable(hook('', false))).toThrow('leads out of the source');
});
