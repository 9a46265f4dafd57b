import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Person } from './people.ts';

const execute = promisify(execFile);

/** Files by their paths; what lies in `hooks` is executable. */
export type Files = Readonly<Record<string, string>>;

/** A work tree of a real git client, with a server's repository as its `origin`. */
export interface GitProject extends AsyncDisposable {
  readonly folder: string;
  git(...words: readonly string[]): Promise<string>;
  /** Adds these files to what is there, commits, and gives the commit. */
  commit(files: Files): Promise<string>;
}

export async function openGitProject(cloneUrl: string, person: Person): Promise<GitProject> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-project-'));
  const git = async (...words: readonly string[]) => {
    const { stdout } = await execute('git', words, { cwd: folder, env: environment(folder) });
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('remote', 'add', 'origin', withCredential(cloneUrl, person));
  return {
    folder,
    git,
    commit: async (files) => {
      for (const [path, text] of Object.entries(files)) await place(join(folder, path), text);
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message', 'Work');
      return git('rev-parse', 'HEAD');
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function place(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  if (dirname(path).endsWith('hooks')) await chmod(path, 0o755);
}

function withCredential(cloneUrl: string, { username, password }: Person): string {
  const url = new URL(cloneUrl);
  url.username = username;
  url.password = password;
  return url.href;
}

function environment(home: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
}
