import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openGitClient } from '#githost/testing';
import type { Person } from './people.ts';

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
  const client = await openGitClient();
  const { folder, run: git } = client;
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
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
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
