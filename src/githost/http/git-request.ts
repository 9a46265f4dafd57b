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

const pathPattern = /^\/git\/(?<name>[a-z0-9._/-]+)\.git\/(?<rest>[A-Za-z/-]+)$/;

/** Where a repository is pushed to and cloned from. */
export function gitRepositoryPath(name: RepositoryName): string {
  return `/git/${name}.git`;
}

/**
 * Reads the raw request line: `/git/<namespace>/<name>.git/` and one of `info/refs?service=…`,
 * `git-upload-pack`, `git-receive-pack`. Nothing is decoded, so nothing can be smuggled in.
 */
export function parseGitRequest(method: string, url: string): GitRequest {
  const [path = '', query = ''] = splitOnce(url, '?');
  const found = pathPattern.exec(path)?.groups;
  if (!found) {
    throw gitEdgeErrors.fail(
      'GIT_PATH_INVALID',
      'a git address is /git/<namespace>/<name>.git, without encoded characters',
    );
  }
  const name = parseRepositoryName(found['name'] ?? '');
  const isAdvertisement = found['rest'] === 'info/refs';
  const service = parseService(isAdvertisement ? serviceOf(query) : found['rest']);
  requireMethod(method, isAdvertisement ? 'GET' : 'POST');
  return { name, service, action: actions[service], isAdvertisement };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function serviceOf(query: string): string | undefined {
  return new URLSearchParams(query).get('service') ?? undefined;
}

function parseService(text: string | undefined): GitService {
  if (text === 'git-upload-pack' || text === 'git-receive-pack') return text;
  throw gitEdgeErrors.fail(
    'GIT_SERVICE_UNKNOWN',
    'this host speaks the smart HTTP protocol only: use a git client of version 1.6.6 or later',
  );
}

function requireMethod(method: string, expected: 'GET' | 'POST'): void {
  if (method === expected) return;
  throw gitEdgeErrors.fail('GIT_METHOD_INVALID', `use ${expected} here, not ${method}`, {
    detail: { allow: expected },
  });
}
