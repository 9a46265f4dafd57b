import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A work tree of a real git client. */
export interface GitClient extends AsyncDisposable {
  readonly folder: string;
  /** Runs git there and gives what it printed; rejects with what it said when it fails. */
  readonly run: (...words: string[]) => Promise<string>;
  /** As `run`, with what it said beside. */
  readonly tell: (...words: string[]) => Promise<ClientAnswer>;
  /** Commits a file with that text and gives the commit. */
  commit(text: string): Promise<string>;
  /** Keeps an object as it is given, whatever git thinks of it, and gives its id. */
  keepObject(type: 'blob' | 'tree' | 'commit', content: string | Buffer): Promise<string>;
}

export interface ClientAnswer {
  readonly stdout: string;
  readonly stderr: string;
}

export async function openGitClient(): Promise<GitClient> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-git-client-'));
  const tell = (...words: string[]) => runClient(folder, words);
  const run = async (...words: string[]) => (await tell(...words)).stdout;
  await run('init', '--quiet', '--initial-branch=main');
  return {
    folder,
    run,
    tell,
    commit: async (text) => {
      await writeFile(join(folder, 'file.txt'), text);
      await run('add', 'file.txt');
      await run('commit', '--quiet', '--allow-empty', '--message', text);
      return run('rev-parse', 'HEAD');
    },
    keepObject: async (type, content) => {
      const file = join(folder, '.git', 'object-to-keep');
      await writeFile(file, content);
      return run('hash-object', '-w', '-t', type, '--literally', file);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function runClient(folder: string, words: readonly string[]): Promise<ClientAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ClientAnswer>();
  const options = { cwd: folder, env: environment(folder), timeout: 60_000 };
  execFile('git', words, options, (error, stdout, stderr) => {
    if (error) reject(new Error(`git ${words.join(' ')}: ${stderr || error.message}`));
    else resolve({ stdout: stdout.trim(), stderr });
  });
  return promise;
}

function environment(folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HOME: folder,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
}
