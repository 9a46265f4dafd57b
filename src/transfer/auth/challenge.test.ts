import { expect, test } from 'vitest';
import { parseChallenges } from './challenge.ts';

test.each([
  [
    'Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:team/app:pull,push"',
    [
      [
        'bearer',
        {
          realm: 'https://auth.example.com/token',
          service: 'registry.example.com',
          scope: 'repository:team/app:pull,push',
        },
      ],
    ],
  ],
  ['Basic realm="a \\"quoted\\" name"', [['basic', { realm: 'a "quoted" name' }]]],
  [
    'bearer Realm = "x" ,, error=invalid_token',
    [['bearer', { realm: 'x', error: 'invalid_token' }]],
  ],
  [
    'Negotiate, Basic realm="x", Bearer realm="y", service=z',
    [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
      ['bearer', { realm: 'y', service: 'z' }],
    ],
  ],
  [
    'Negotiate, Bearer',
    [
      ['negotiate', {}],
      ['bearer', {}],
    ],
  ],
  [
    'NTLM TlRMTVNTUAAC==, Basic realm="x"',
    [
      ['ntlm', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  ['Basic realm="first", realm="second"', [['basic', { realm: 'first' }]]],
  [
    'Basic realm="never closed',
    [
      ['basic', {}],
      ['realm', {}],
    ],
  ],
  ['', []],
  [' , ', []],
  ['"', []],
])('%s', (header, challenges) => {
  const found = parseChallenges(header).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ]);

  expect(found).toEqual(challenges);
});
