import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { createSignedTokens, type SignedTokens } from './signed-tokens.ts';
import { generateSigningKey, readSigningKey } from './signing-keys.ts';

const kind = { type: 'test+jwt', issuer: 'https://hub.example.com', audience: 'hub.example.com' };
const key = readSigningKey(generateSigningKey());
const foreign = generateKeyPairSync('ed25519');

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('A8 signed tokens', () => {
  let clock: TestClock;
  let tokens: SignedTokens;
  let header: Record<string, unknown>;
  let claims: Record<string, unknown>;

  beforeEach(() => {
    clock = new TestClock();
    tokens = createSignedTokens({ keys: [key], kind, clock });
    const now = clock.now() / 1000;
    header = { alg: 'EdDSA', typ: kind.type, kid: key.id };
    claims = { sub: 'alice', iss: kind.issuer, aud: kind.audience, iat: now, exp: now + 60 };
  });

  const forge = (changes: {
    header?: object;
    claims?: object;
    privateKey?: typeof key.privateKey;
  }) => {
    const input = `${encode({ ...header, ...changes.header })}.${encode({ ...claims, ...changes.claims })}`;
    const signature = sign(null, Buffer.from(input), changes.privateKey ?? key.privateKey);
    return `${input}.${signature.toString('base64url')}`;
  };

  test('a token that a configured key signed is taken, and its claims are given', async () => {
    const text = await tokens.sign(
      { sub: 'alice', colour: 'red' },
      { issuedAt: clock.now(), expiresAt: clock.now() + 60_000 },
    );

    expect(await tokens.verify(text)).toMatchObject({ sub: 'alice', colour: 'red' });
    expect(await tokens.verify(forge({}))).toMatchObject({ sub: 'alice' });
  });

  test('a token signed by a key that has a configured key’s id is refused', async () => {
    const text = forge({ privateKey: foreign.privateKey });

    expect(await tokens.verify(text)).toBeUndefined();
  });

  test('a key that the token brings along is not looked at', async () => {
    const jwk = foreign.publicKey.export({ format: 'jwk' });

    for (const kid of [key.id, 'theirs', undefined]) {
      const text = forge({ header: { jwk, kid }, privateKey: foreign.privateKey });
      expect(await tokens.verify(text)).toBeUndefined();
    }
  });

  test('a token without a signature is refused', async () => {
    const body = encode(claims);

    expect(await tokens.verify(`${encode({ ...header, alg: 'none' })}.${body}.`)).toBeUndefined();
    expect(await tokens.verify(`${encode(header)}.${body}.`)).toBeUndefined();
    expect(await tokens.verify(`${encode(header)}.${body}`)).toBeUndefined();
  });

  test('a token whose HMAC is made with the public key is refused', async () => {
    const input = `${encode({ ...header, alg: 'HS256' })}.${encode(claims)}`;
    const pem = key.publicKey.export({ format: 'pem', type: 'spki' });
    const mac = createHmac('sha256', pem).update(input).digest('base64url');

    expect(await tokens.verify(`${input}.${mac}`)).toBeUndefined();
  });

  test.for([
    ['of another kind', { header: { typ: 'slipway-session+jwt' } }],
    ['of no kind', { header: { typ: undefined } }],
    ['without a key id', { header: { kid: undefined } }],
    ['for another audience', { claims: { aud: 'registry.docker.io' } }],
    ['without an audience', { claims: { aud: undefined } }],
    ['from another issuer', { claims: { iss: 'https://evil.example.com' } }],
    ['that never expires', { claims: { exp: undefined } }],
    ['that nobody issued at any time', { claims: { iat: undefined } }],
    ['about nobody', { claims: { sub: undefined } }],
    ['from the past', { claims: { exp: 1 } }],
    ['for the future', { claims: { nbf: 4_000_000_000 } }],
    ['with a critical extension', { header: { crit: ['x'], x: true } }],
  ] as const)('a token %s is refused', async ([, changes]) => {
    expect(await tokens.verify(forge(changes))).toBeUndefined();
  });

  test('a token with changed claims is refused', async () => {
    const [head, , signature] = forge({}).split('.');

    const text = `${head}.${encode({ ...claims, sub: 'root' })}.${signature}`;

    expect(await tokens.verify(text)).toBeUndefined();
  });

  test('a token that was verified before is refused once it has expired', async () => {
    const text = forge({});
    expect(await tokens.verify(text)).toBeDefined();

    clock.advance(65_000);

    expect(await tokens.verify(text)).toBeUndefined();
  });

  test('keys can be exchanged: an older one still verifies, the new one signs', async () => {
    const next = readSigningKey(generateSigningKey());
    const exchanged = createSignedTokens({ keys: [next, key], kind, clock });

    const fresh = await exchanged.sign(
      { sub: 'alice' },
      { issuedAt: clock.now(), expiresAt: clock.now() + 60_000 },
    );

    expect(await exchanged.verify(forge({}))).toBeDefined();
    expect(await exchanged.verify(fresh)).toBeDefined();
    expect(await tokens.verify(fresh)).toBeUndefined();
  });

  test.for(['', 'x', 'a.b.c', '.'.repeat(50), 'x'.repeat(20_000)])(
    'the text %j is no token',
    async (text) => {
      expect(await tokens.verify(text)).toBeUndefined();
    },
  );
});

test.for([
  ['nonsense', 'nonsense'],
  ['a public key', key.publicKey.export({ format: 'pem', type: 'spki' }).toString()],
  [
    'an RSA key',
    generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ format: 'pem', type: 'pkcs8' })
      .toString(),
  ],
] as const)('%s is no signing key, and the refusal does not quote it', ([, pem]) => {
  expect(() => readSigningKey(pem)).toThrow(/openssl genpkey/);
});
