import { parseRepositoryName, type RepositoryName } from '#kernel';
import type { GitAction } from './git-access.ts';
import { gitEdgeErrors } from './git-edge-errors.ts';

/** The two services of git's smart HTTP protocol. */
type GitService = 'git-upload-pack' | 'git-receive-pack';

export interface GitRequest {
  readonly name: RepositoryName;
  readonly service: GitService;
  readonly action: GitAction;
  /** Whether it only asks for the refs, which both services begin with. */
  readonly isAdvertisement: boolean;
}

const actions: Readonly<Record<GitService, GitAction>> = {
  'git-upload-pack': 'read',
  'git-receive-pack': 'write',
};

/** Lazy, so that `.git` is what the address ends with, and no part of the name. */
const pathPattern =
  /^\/git\/(?<name>[a-z0-9._/-]+?)(?:\.git)?\/(?<rest>info\/refs|git-upload-pack|git-receive-pack)$/;
const lfsPattern = /^\/git\/[a-z0-9._/-]+\/info\/lfs(?:\/|$)/;
/** Of a repository, or of a file that a web server without git's protocol would have. */
const plainPattern = /^\/git\/[A-Za-z0-9._/-]+$/;

/** Where a repository is pushed to and cloned from. */
export function gitRepositoryPath(name: RepositoryName): string {
  return `/git/${name}.git`;
}

/**
 * Reads the raw request line: `/git/<namespace>/<name>`, with or without `.git`, and behind it one of
 * `info/refs?service=…`, `git-upload-pack`, `git-receive-pack`. Nothing is decoded, so nothing can be
 * smuggled in. What is asked for is refused before anybody asks whether there is such a repository.
 */
export function parseGitRequest(method: string, url: string): GitRequest {
  const [path = '', query = ''] = splitOnce(url, '?');
  const found = pathPattern.exec(path)?.groups;
  if (!found) throw notServed(path);
  const name = parseRepositoryName(found['name'] ?? '');
  const isAdvertisement = found['rest'] === 'info/refs';
  const service = parseService(isAdvertisement ? serviceOf(query) : found['rest']);
  requireMethod(method, isAdvertisement ? 'GET' : 'POST');
  return { name, service, action: actions[service], isAdvertisement };
}

function notServed(path: string): Error {
  if (lfsPattern.test(path)) return gitEdgeErrors.fail('GIT_LFS_UNSERVED', lfsRefusal);
  if (plainPattern.test(path)) return gitEdgeErrors.fail('GIT_SERVICE_UNKNOWN', smartOnly);
  return gitEdgeErrors.fail(
    'GIT_PATH_INVALID',
    'a git address is /git/<namespace>/<name>.git, without encoded characters',
  );
}

const smartOnly =
  'here is a git host that speaks the smart HTTP protocol only: give the address to git itself (git clone, git push), version 1.6.6 or later';

const lfsRefusal =
  'this host keeps no Git LFS objects: put the files into git itself ("git lfs migrate export --everything --include=...", then push by force), or set lfs.url to a server that keeps them';

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function serviceOf(query: string): string | undefined {
  return new URLSearchParams(query).get('service') ?? undefined;
}

function parseService(text: string | undefined): GitService {
  if (text === 'git-upload-pack' || text === 'git-receive-pack') return text;
  throw gitEdgeErrors.fail('GIT_SERVICE_UNKNOWN', smartOnly);
}

function requireMethod(method: string, expected: 'GET' | 'POST'): void {
  if (method === expected) return;
  throw gitEdgeErrors.fail('GIT_METHOD_INVALID', `use ${expected} here, not ${method}`, {
    detail: { allow: expected },
  });
}
