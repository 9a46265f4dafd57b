import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Files of a source by path; a link is written as `→ target`. */
export type SourceFiles = Readonly<Record<string, string>>;

/** A real git repository that is served for reading under `/git/<ns>/<repo>.git`. */
export interface GitHost extends AsyncDisposable {
  readonly path: string;
  /** Commits these files in place of all there were, on a branch, and gives the commit. */
  commit(files: SourceFiles, options?: CommitOptions): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

interface CommitOptions {
  readonly branch?: string;
  readonly message?: string;
}

export async function openGitHost(path = '/git/myorg/source.git'): Promise<GitHost> {
  const root = await mkdtemp(join(tmpdir(), 'slipway-git-'));
  const work = join(root, 'work');
  await mkdir(work);
  const git = async (...args: readonly string[]) =>
    (await execute('git', args, { cwd: work, env: gitEnvironment(root) })).stdout.trim();
  await git('init', '--quiet', '--initial-branch', 'main');
  return {
    path,
    git,
    commit: async (files, { branch = 'main', message = 'Work' } = {}) => {
      await git('symbolic-ref', 'HEAD', `refs/heads/${branch}`);
      await git('rm', '-rfq', '--ignore-unmatch', '.');
      for (const [name, text] of Object.entries(files)) await place(join(work, name), text);
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    serve: (request, response) => serveGit({ request, response, work, path }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

function gitEnvironment(home: string): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  const person = { NAME: 'Ada', EMAIL: 'ada@example.com' };
  return {
    ...(PATH === undefined ? {} : { PATH }),
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: person.NAME,
    GIT_AUTHOR_EMAIL: person.EMAIL,
    GIT_COMMITTER_NAME: person.NAME,
    GIT_COMMITTER_EMAIL: person.EMAIL,
  };
}

async function place(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (text.startsWith('→ ')) return symlink(text.slice(2), path);
  await writeFile(path, text);
  await chmod(path, 0o644);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly work: string;
  readonly path: string;
}

/** Git's own server program, by the rules of CGI (RFC 3875). */
async function serveGit({ request, response, work, path }: Exchange): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const child = spawn('git', ['http-backend'], {
    env: {
      ...gitEnvironment(work),
      GIT_PROJECT_ROOT: join(work, '.git'),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname.slice(path.length),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  const answer = Buffer.concat(chunks);
  const end = answer.indexOf('\r\n\r\n');
  for (const line of answer.subarray(0, end).toString().split('\r\n')) {
    const [name = '', value = ''] = line.split(': ');
    if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.end(answer.subarray(end + 4));
}
