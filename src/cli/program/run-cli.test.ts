import { describe, expect, test } from 'vitest';
import { ApiError, clientErrors } from '#client';
import { createCliFixture, testServer } from '../testing/cli-fixture.ts';

function refusal(status: number, code: string, detail: string): ApiError {
  const requestId = 'request-7';
  return new ApiError({ type: 'about:blank', title: code, status, code, detail, requestId });
}

describe('mistakes on the command line', () => {
  test.each([
    [['biuld', 'list'], 'there is no command biuld; did you mean build?'],
    [['logn'], 'there is no command logn; did you mean login?'],
    [['build', 'lgos', '4'], 'slipway build has no lgos; did you mean logs?'],
    [['build', 'list', 'a/b', '--limt', '4'], 'there is no option --limt; did you mean --limit?'],
    [['build', 'list', 'a/b', '-x'], 'there is no option -x'],
    [['build', 'list', 'a/b', '--limit'], '--limit needs a value: --limit N'],
    [['build', 'list', 'a/b', '--limit', '--json'], '--limit needs a value: --limit N'],
    [['build', 'list', 'a/b', '--json=yes'], '--json takes no value'],
    [['build', 'list'], '<repository> is missing: namespace/name'],
    [['build', 'list', 'a/b', 'c/d'], '"c/d" is one word too many'],
    [['build', 'show', 'latest'], 'a build is a whole number, not "latest"'],
    [['build', 'list', 'app'], 'a repository name needs a namespace'],
    [['repo', 'create', 'a/b', '--private', '--public'], '--private and --public exclude'],
    [['token', 'create', 'ci', '--scope', 'all'], '--scope is one of repo:public_read, repo:read'],
  ])('%j is told what to write instead', async (words, message) => {
    await using fixture = await createCliFixture();

    const run = await fixture.run(...words);

    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(fixture.calls).toEqual([]);
  });
});

describe('exit codes say what happened', () => {
  test.each([
    ['not allowed', refusal(403, 'DENIED', 'no'), 3],
    ['not logged in', refusal(401, 'CREDENTIAL_INVALID', 'no'), 3],
    ['not found', refusal(404, 'BUILD_UNKNOWN', 'no'), 4],
    ['refused', refusal(409, 'BUILD_ENDED', 'no'), 1],
    ['unreachable', clientErrors.fail('SERVER_UNREACHABLE', 'no'), 5],
  ])('%s', async (_, error, exitCode) => {
    await using fixture = await createCliFixture({ answers: { showBuild: error } });

    const run = await fixture.run('build', 'show', '7');

    expect(run).toMatchObject({ exitCode, stdout: '' });
  });

  test('interrupted', async () => {
    const interrupted = new Error('interrupted');
    await using fixture = await createCliFixture({
      answers: { showBuild: interrupted },
      signal: AbortSignal.abort(interrupted),
    });

    const run = await fixture.run('build', 'show', '7');

    expect(run).toEqual({ exitCode: 130, stdout: '', stderr: '' });
  });

  test('a bug is no exit code: it is thrown with its stack', async () => {
    await using fixture = await createCliFixture({ answers: { showBuild: new TypeError('oh') } });

    await expect(fixture.run('build', 'show', '7')).rejects.toThrow('oh');
  });
});

describe('errors', () => {
  test('people see what the server refuses', async () => {
    const answers = { showBuild: refusal(404, 'BUILD_UNKNOWN', 'there is no build 7') };
    await using fixture = await createCliFixture({ answers });

    const { stderr } = await fixture.run('build', 'show', '7');

    expect(stderr).toBe('slipway: there is no build 7\n');
  });

  test('where the server failed, they see what its log calls the request', async () => {
    const answers = { showBuild: refusal(500, 'INTERNAL', 'something went wrong') };
    await using fixture = await createCliFixture({ answers });

    const { stderr } = await fixture.run('build', 'show', '7');

    expect(stderr).toContain("The server's log has more under request request-7.");
  });

  test('scripts see JSON', async () => {
    const answers = { showBuild: refusal(404, 'BUILD_UNKNOWN', 'there is no build 7') };
    await using fixture = await createCliFixture({ answers });

    const { stderr } = await fixture.run('build', 'show', '7', '--json');

    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'BUILD_UNKNOWN', message: 'there is no build 7', requestId: 'request-7' },
    });
  });
});

describe('which server and credential', () => {
  const answers = { whoAmI: { username: 'alice', isAdministrator: false } };

  test('the environment of a script is enough', async () => {
    await using fixture = await createCliFixture({ answers });

    await fixture.run('whoami');

    expect(fixture.clients).toEqual([{ serverUrl: testServer, credential: 'slip_pat_test' }]);
  });

  test('--server goes before the environment', async () => {
    await using fixture = await createCliFixture({ answers });

    await fixture.run('whoami', '--server', 'https://hub.example.com/');

    expect(fixture.clients).toMatchObject([{ serverUrl: 'https://hub.example.com' }]);
  });

  test('without a log-in the command names the one that logs in', async () => {
    await using fixture = await createCliFixture({ environment: { XDG_CONFIG_HOME: '/nowhere' } });

    const run = await fixture.run('whoami');

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('slipway login');
  });
});
