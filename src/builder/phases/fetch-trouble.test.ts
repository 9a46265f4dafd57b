import { describe, expect, test } from 'vitest';
import { explainFetch } from './fetch-trouble.ts';

/** As git 2.x, curl and OpenSSH say it. */
const said = {
  noName:
    "fatal: unable to access 'https://git.example.invalid/a/b.git/': Could not resolve host: git.example.invalid",
  noSshName:
    'ssh: Could not resolve hostname git.example.invalid: Name or service not known\r\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.',
  refused:
    "fatal: unable to access 'http://10.0.0.1/a.git/': Failed to connect to 10.0.0.1 port 80 after 0 ms: Couldn't connect to server",
  sshRefused:
    'ssh: connect to host 10.0.0.1 port 22: Connection refused\r\nfatal: Could not read from remote repository.',
  hostKey: 'Host key verification failed.\r\nfatal: Could not read from remote repository.',
  noKey:
    'git@github.com: Permission denied (publickey).\r\nfatal: Could not read from remote repository.',
  logIn:
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled\nfatal: clone of 'https://github.com/a/b' into submodule path '/workspace/source/b' failed",
  forbidden:
    "fatal: unable to access 'https://git.example.com/a/b.git/': The requested URL returned error: 403",
  nothing: "fatal: repository 'http://hub.example.com:5000/git/bob/app.git/' not found",
  noRepository: 'ERROR: Repository not found.\nfatal: Could not read from remote repository.',
  noGit: "fatal: '/srv/a.git' does not appear to be a git repository",
  noCommit: 'fatal: remote error: upload-pack: not our ref 0123456789abcdef',
  certificate:
    "fatal: unable to access 'https://git.example.com/': server certificate verification failed. CAfile: none CRLfile: none",
  transport: "fatal: transport 'ext' not allowed",
};

const explain = (output: string, hasKey = false) => explainFetch({ output, hasKey });

describe('why a fetch failed', () => {
  test.each([
    'noName',
    'noSshName',
    'refused',
    'sshRefused',
    'noGit',
    'noCommit',
    'certificate',
  ] as const)('never advises a key where none would help: %s', (what) => {
    expect(explain(said[what])).toBeDefined();
    expect(explain(said[what])).not.toContain('SSH_PRIVATE');
  });

  test.each(['hostKey', 'noKey', 'logIn', 'forbidden', 'nothing', 'noRepository'] as const)(
    'advises a key where one is missing: %s',
    (what) => {
      expect(explain(said[what])).toContain('SSH_PRIVATE');
    },
  );

  test.each([
    ['noName', 'there is no host git.example.invalid'],
    ['noSshName', 'there is no host git.example.invalid'],
    ['refused', '10.0.0.1 takes no connection'],
    ['sshRefused', '10.0.0.1 takes no connection'],
    ['hostKey', 'know no SSH host without a key'],
    ['logIn', 'wants a log-in'],
    ['nothing', 'http://hub.example.com:5000/git/bob/app.git/ leads to nothing'],
    ['noCommit', 'the commit that is named is not there'],
    ['certificate', 'SLIPWAY_BUILDER_EXTRA_CA'],
    ['transport', 'nothing by "ext"'],
  ] as const)('names what it was: %s', (what, words) => {
    expect(explain(said[what])).toContain(words);
  });

  test('with a key that is there, asks for the key to be let in, or the host to be checked', () => {
    expect(explain(said.noKey, true)).toContain('let that key read it there');
    expect(explain(said.hostKey, true)).toContain('shows another key than before');
  });

  test('repeats no credential of an address', () => {
    const words = explain("fatal: repository 'https://ada:hunter22@example.com/a.git/' not found");

    expect(words).toContain('https://example.com/a.git/ leads to nothing');
  });

  test('is left to the log where nothing is known of it', () => {
    expect(explain('fatal: index-pack failed')).toBeUndefined();
  });
});
