import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCliFixture } from '../testing/cli-fixture.ts';

const account = { username: 'alice', isAdministrator: false };
const answers = {
  login: { token: 'session-1', expiresAt: '2026-11-24T18:00:00Z', account },
  whoAmI: account,
  logout: undefined,
};
const server = 'http://localhost:5000';

/** A home without any log-in or variable. */
async function createEmptyHome(input: string, given: object = answers) {
  const environment: Record<string, string> = {};
  const fixture = await createCliFixture({ answers: { ...given }, environment, input });
  environment['XDG_CONFIG_HOME'] = fixture.folder;
  return fixture;
}

test('a log-in is kept, and later commands use it', async () => {
  await using fixture = await createEmptyHome('secret');

  const loggedIn = await fixture.run('login', server, '-u', 'alice', '--password-stdin');
  const whoAmI = await fixture.run('whoami');

  expect(loggedIn.stdout).toBe(`Logged in to ${server} as alice.\n`);
  expect(whoAmI.stdout).toBe(`alice, at ${server}\n`);
  expect(fixture.calls[0]?.body).toEqual({ username: 'alice', password: 'secret' });
  expect(fixture.clients[1]).toEqual({ serverUrl: server, credential: 'session-1' });
});

test('name and password are asked for when they are not given', async () => {
  await using fixture = await createEmptyHome('');

  await fixture.run('login', server);

  expect(fixture.calls[0]?.body).toEqual({
    username: 'typed for Username',
    password: 'typed for Password or access token',
  });
});

test('an access token given as password is kept itself, for it outlives a session', async () => {
  await using fixture = await createEmptyHome('slip_pat_abc');

  await fixture.run('login', server, '-u', 'alice', '--password-stdin');
  await fixture.run('whoami');

  expect(fixture.clients[1]?.credential).toBe('slip_pat_abc');
});

test('no secret is ever printed, with --json neither', async () => {
  await using fixture = await createEmptyHome('secret');

  const run = await fixture.run('login', server, '-u', 'alice', '--password-stdin', '--json');

  expect(JSON.parse(run.stdout)).toEqual({
    server,
    username: 'alice',
    expiresAt: '2026-11-24T18:00:00Z',
  });
  expect(run.stdout + run.stderr).not.toMatch(/session-1|secret/);
});

test('a log-in that has ended says how to log in again', async () => {
  const ended = { login: { ...answers.login, expiresAt: '2026-11-24T06:00:00Z' } };
  await using fixture = await createEmptyHome('secret', ended);
  await fixture.run('login', server, '-u', 'alice', '--password-stdin');

  const run = await fixture.run('whoami');

  expect(run.exitCode).toBe(3);
  expect(run.stderr).toContain(`has ended; use: slipway login ${server}`);
});

test('after a log-out the file holds nothing of it', async () => {
  await using fixture = await createEmptyHome('secret');
  await fixture.run('login', server, '-u', 'alice', '--password-stdin');

  const run = await fixture.run('logout', '--server', server);

  expect(run.stdout).toBe(`Logged out of ${server}.\n`);
  expect(fixture.calls.map(({ operation }) => operation)).toEqual(['login', 'logout']);
  expect(fixture.clients.at(-1)?.credential).toBe('session-1');
  const file = await readFile(join(fixture.folder, 'slipway', 'credentials.json'), 'utf8');
  expect(JSON.parse(file)).toEqual({ servers: {} });
});

test('an address without its scheme is told how to be written', async () => {
  await using fixture = await createCliFixture();

  const run = await fixture.run('login', 'localhost:5000');

  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain('"localhost:5000" is no server address: write it as http://');
});

test('a log-out that the server does not hear of forgets the log-in all the same, and says so', async () => {
  const away = { ...answers, logout: new Error('nobody there') };
  await using fixture = await createEmptyHome('secret', away);
  await fixture.run('login', server, '-u', 'alice', '--password-stdin');

  const run = await fixture.run('logout');

  expect(run.stdout).toBe(`Logged out of ${server}.\n`);
  expect(run.stderr).toContain('nobody there');
});

test('sessions are listed with where they come from, the own one marked', async () => {
  const session = {
    id: 's1',
    createdAt: '2026-11-24T06:00:00Z',
    expiresAt: '2026-11-24T18:00:00Z',
    lastUsedAt: '2026-11-24T06:05:00Z',
    remoteAddress: '192.0.2.7',
    isCurrent: true,
  };
  await using fixture = await createCliFixture({ answers: { listSessions: { items: [session] } } });

  const run = await fixture.run('session', 'list');
  const json = await fixture.run('session', 'list', '--json');

  expect(run.stdout).toMatch(/\* +s1 .*192\.0\.2\.7/);
  expect(JSON.parse(json.stdout).items).toEqual([session]);
});

test('one session is ended by its id, and all others by one word', async () => {
  const ends = { endSession: undefined, endOtherSessions: { ended: 1 } };
  await using fixture = await createCliFixture({ answers: ends });

  const one = await fixture.run('session', 'end', 's1');
  const others = await fixture.run('session', 'end-others');

  expect(one.stdout).toBe('The session s1 has ended.\n');
  expect(fixture.calls[0]?.params).toEqual({ id: 's1' });
  expect(others.stdout).toBe('1 session has ended.\n');
});

test('slipway account password takes both passwords from standard input, and shows neither', async () => {
  await using fixture = await createCliFixture({
    answers: { changePassword: undefined },
    input: 'correct horse\nbattery staple\n',
  });

  const run = await fixture.run('account', 'password', '--passwords-stdin', '--json');

  expect(fixture.calls[0]?.body).toEqual({ current: 'correct horse', next: 'battery staple' });
  expect(JSON.parse(run.stdout)).toEqual({ changed: true });
});
