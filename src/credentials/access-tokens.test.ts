import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '#access';
import { testDialects } from '#platform/db/testing';
import { digestAccessToken, isAccessTokenText } from './access-token-text.ts';
import type { CredentialsTables } from './credentials-tables.ts';
import {
  openTestCredentials,
  type TestCredentials,
  testPassword,
} from './testing/test-credentials.ts';

const remoteAddress = '192.0.2.7';
const toBatteryStaple = { current: testPassword, next: 'battery staple', remoteAddress };

describe.each(testDialects)('access tokens in %s', (dialect) => {
  let room: TestCredentials;
  let alice: Person;

  beforeEach(async () => {
    room = await openTestCredentials(dialect);
    alice = await room.addUser('alice');
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const create = (expiresAt?: number) =>
    room.credentials.accessTokens.create(alice, {
      label: 'laptop',
      scope: 'repo:write',
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
  const rows = () =>
    room.database.read((tx) =>
      tx.tables<CredentialsTables>().selectFrom('personal_access_token').selectAll().execute(),
    );

  test('a token logs its owner in with its own scope, as password and by itself', async () => {
    const { id, text } = await create();

    const asPassword = await room.credentials.logIn.withSecret({
      name: 'alice',
      secret: text,
      remoteAddress,
    });
    const byItself = await room.credentials.authenticate({
      authorization: `Bearer ${text}`,
      remoteAddress,
    });

    expect(asPassword.credential).toEqual({ kind: 'pat', id, scope: 'repo:write' });
    expect(byItself).toMatchObject({ principal: asPassword, presentedAs: 'access-token' });
  });

  test('a token of somebody else is no password', async () => {
    await room.addUser('bob');
    const { text } = await create();

    await expect(
      room.credentials.logIn.withSecret({ name: 'bob', secret: text, remoteAddress }),
    ).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  test('only a digest of a token is kept', async () => {
    const { text } = await create();

    expect(JSON.stringify(await rows())).not.toContain(text);
    expect((await rows())[0]?.digest).toBe(digestAccessToken(text));
  });

  test('a token says what it is and carries a checksum', async () => {
    const { text } = await create();
    const mistyped = `${text.slice(0, 12)}${text[12] === 'x' ? 'y' : 'x'}${text.slice(13)}`;

    expect(text).toMatch(/^slip_pat_/);
    expect(isAccessTokenText(text)).toBe(true);
    expect(isAccessTokenText(mistyped)).toBe(false);
  });

  test('a revoked token has no power within 5 seconds, and neither have its sessions', async () => {
    const { id, text } = await create();
    const other = room.openAnotherServer();
    const { principal } = await other.authenticate({
      authorization: `Bearer ${text}`,
      remoteAddress,
    });
    const session = await other.sessions.issue(principal as Person);

    await room.credentials.accessTokens.revoke(alice, id);
    room.clock.advance(5_000);

    await expect(
      other.authenticate({ authorization: `Bearer ${text}`, remoteAddress }),
    ).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(await other.sessions.verify(session.token)).toBeUndefined();
    await other[Symbol.asyncDispose]();
  });

  test('an expired token has no power from that moment on', async () => {
    const { text } = await create(room.clock.now() + 1_000);
    const authenticate = () =>
      room.credentials.authenticate({ authorization: `Bearer ${text}`, remoteAddress });
    expect((await authenticate()).principal.kind).toBe('person');

    room.clock.advance(1_000);

    await expect(authenticate()).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  test('a token can neither make tokens, nor revoke them, nor change the password', async () => {
    const { id, text } = await create();
    const withToken = await room.credentials.logIn.withAccessToken(text);
    const { accessTokens, passwords } = room.credentials;

    const attempts = [
      accessTokens.create(withToken, { label: 'more', scope: 'repo:admin' }),
      accessTokens.revoke(withToken, id),
      passwords.change(withToken, toBatteryStaple),
    ];

    for (const attempt of attempts) {
      await expect(attempt).rejects.toMatchObject({ code: 'PASSWORD_SESSION_NEEDED' });
    }
  });

  test('nobody revokes or lists the tokens of somebody else', async () => {
    const bob = await room.addUser('bob');
    const { id } = await create();

    await expect(room.credentials.accessTokens.revoke(bob, id)).rejects.toMatchObject({
      code: 'TOKEN_UNKNOWN',
    });
    expect(await room.credentials.accessTokens.list(bob)).toEqual([]);
    expect((await room.credentials.accessTokens.list(alice)).map((token) => token.id)).toEqual([
      id,
    ]);
  });

  test('using a token costs no write; its last use is written later', async () => {
    const { text } = await create();
    await room.credentials.logIn.withAccessToken(text);
    expect((await rows())[0]?.last_used_at).toBeNull();

    const usedAt = room.clock.now();
    room.clock.advance(60_000);
    await room.credentials[Symbol.asyncDispose]();

    expect((await rows())[0]?.last_used_at).toBe(usedAt);
  });

  test.for([
    [{ label: ' ' }, 'TOKEN_LABEL_INVALID'],
    [{ label: 'x'.repeat(101) }, 'TOKEN_LABEL_INVALID'],
    [{ expiresAt: 0 }, 'TOKEN_EXPIRY_INVALID'],
  ] as const)('a token of %j is refused with %s', async ([wrong, code]) => {
    const request = { label: 'ok', scope: 'repo:read', ...wrong } as const;

    await expect(room.credentials.accessTokens.create(alice, request)).rejects.toMatchObject({
      code,
    });
  });

  test('an administrator’s token administers nothing', async () => {
    const { text } = await room.credentials.accessTokens.create(room.administrator, {
      label: 'root',
      scope: 'repo:admin',
    });
    const withToken = await room.credentials.logIn.withAccessToken(text);

    await expect(
      room.credentials.registration.create(withToken, { name: 'bob', password: testPassword }),
    ).rejects.toMatchObject({ code: 'PASSWORD_SESSION_NEEDED' });
  });
});
