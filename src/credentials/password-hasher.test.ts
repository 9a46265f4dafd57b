import { expect, test } from 'vitest';
import { hashPassword, isPasswordOf } from './password-hash.ts';
import { createPasswordHasher } from './password-hasher.ts';

const cost = { memoryKibibytes: 64, passes: 1, lanes: 1 };

test('a hash says how it was made and belongs to one password', async () => {
  const phc = await hashPassword('correct horse', cost);

  expect(phc).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await isPasswordOf(phc, 'correct horse')).toBe(true);
  expect(await isPasswordOf(phc, 'correct house')).toBe(false);
});

test('a hash made elsewhere, with other costs, is understood', async () => {
  const phc = await hashPassword('correct horse', { memoryKibibytes: 128, passes: 3, lanes: 2 });

  expect(await createPasswordHasher({ cost }).check(phc, 'correct horse')).toBe(true);
});

test('the same letters in another Unicode form are the same password', async () => {
  const phc = await hashPassword('Pässwörter', cost);

  expect(await isPasswordOf(phc, 'Pa\u0308sswo\u0308rter')).toBe(true);
});

test('without a hash every password is wrong', async () => {
  expect(await createPasswordHasher({ cost }).check(undefined, '')).toBe(false);
});

test('one address fills a part of the line alone, and whoever is known stands in another', async () => {
  const hasher = createPasswordHasher({ cost, running: 1, waiting: 8 });
  const check = (address: string, isKnown = false) =>
    hasher.check(undefined, 'guess', { address, isKnown });

  const results = await Promise.allSettled([
    check('192.0.2.1'),
    check('192.0.2.1'),
    check('192.0.2.1'),
    check('192.0.2.2'),
    check('192.0.2.1', true),
  ]);

  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
});

test('who comes when running and waiting places are taken is sent away at once', async () => {
  const hasher = createPasswordHasher({ cost, running: 1, waiting: 2 });

  const results = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((password) => hasher.hash(password)),
  );

  expect(results.map((result) => result.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
  ]);
  expect(results[3]).toMatchObject({ reason: { code: 'LOGIN_BUSY' } });
  await expect(hasher.hash('later')).resolves.toBeDefined();
});
