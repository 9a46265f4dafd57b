import { isHubApiSegment } from '#kernel';
import type { Refusal } from './oci-reply.ts';

/** What requests from one sandbox may reach. */
export interface GatewayScope {
  /** Host, with a port that is not the usual one, of the registry's public address. */
  readonly publicHost: string;
  /** First part of the repository's name: this namespace is Slipway's under Docker Hub's names too. */
  readonly namespace: string;
  /** `/git/ns/repo.git`: readable, whatever its namespace. */
  readonly sourcePath: string;
}

export type Route =
  /** `GET /v2/`: the gateway is the log-in, so that everybody is welcome. */
  | { readonly kind: 'welcome' }
  /** Somebody logs in, or asks for a token: any will do. */
  | { readonly kind: 'any-token' }
  /** To Slipway, with the attempt's credential. */
  | { readonly kind: 'slipway' }
  /** To Slipway where it has `name`, else to Docker Hub. */
  | { readonly kind: 'slipway-first'; readonly name: string }
  /** To Docker Hub, as the client sent it. */
  | { readonly kind: 'upstream'; readonly host: UpstreamHost }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

export type UpstreamHost = 'registry-1.docker.io' | 'auth.docker.io';

/** Names of Docker Hub that lead to the gateway. */
export const hubHosts = ['registry-1.docker.io', 'index.docker.io', 'auth.docker.io'] as const;
type HubHost = (typeof hubHosts)[number];

export interface RequestLine {
  readonly method: string;
  readonly host: string;
  /** Path and query, as they came. */
  readonly target: string;
}

/** Decides where one request goes. Nothing passes that is not named here. Pure. */
export function routeRequest(request: RequestLine, scope: GatewayScope): Route {
  const host = request.host.toLowerCase().replace(/:(443|80)$/, '');
  const [path = '', query = ''] = splitOnce(request.target, '?');
  if (!isPlainPath(path)) return refuse(400, 'NAME_INVALID', 'the path is not in its plain form');
  const line = { method: request.method, path, query };
  if (host === scope.publicHost.toLowerCase()) return routePublic(line, scope);
  if (isHubHost(host)) return routeHub(host, line, scope);
  return refuse(421, 'UNSUPPORTED', `nothing answers as ${host.slice(0, 100)} here`);
}

interface Line {
  readonly method: string;
  readonly path: string;
  readonly query: string;
}

function routePublic(line: Line, scope: GatewayScope): Route {
  if (isPing(line)) return { kind: 'welcome' };
  if (line.path === '/token') return { kind: 'any-token' };
  if (registryName(line.path) !== undefined) return { kind: 'slipway' };
  if (isGitRead(line, scope)) return { kind: 'slipway' };
  return nothingHere(line);
}

function routeHub(host: HubHost, line: Line, scope: GatewayScope): Route {
  if (host === 'auth.docker.io') return routeHubTokens(line, scope);
  if (isPing(line)) return { kind: 'welcome' };
  const name = registryName(line.path);
  if (name === undefined) return nothingHere(line);
  if (name.startsWith(`${scope.namespace}/`)) return { kind: 'slipway' };
  const isRead = line.method === 'GET' || line.method === 'HEAD';
  if (name.startsWith('library/') && isRead) return { kind: 'slipway-first', name };
  return { kind: 'upstream', host: 'registry-1.docker.io' };
}

/** Tokens for names that Slipway serves mean nothing; others are between the client and Docker Hub. */
function routeHubTokens({ path, query }: Line, scope: GatewayScope): Route {
  if (path !== '/token') return nothingHere({ path });
  const scopes = new URLSearchParams(query).getAll('scope').flatMap((value) => value.split(' '));
  const isOurs = scopes.every((each) => each.startsWith(`repository:${scope.namespace}/`));
  return isOurs ? { kind: 'any-token' } : { kind: 'upstream', host: 'auth.docker.io' };
}

function isPing({ method, path }: Line): boolean {
  return (path === '/v2/' || path === '/v2') && (method === 'GET' || method === 'HEAD');
}

const registryPath = /^\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\/[^/]/;

/** The repository that a path of the registry's API speaks of. */
function registryName(path: string): string | undefined {
  const name = registryPath.exec(path)?.[1];
  if (name === undefined) return undefined;
  const [first = ''] = splitOnce(name, '/');
  return isHubApiSegment(first) || first.startsWith('_') ? undefined : name;
}

const gitPath = /^(?<repository>.+)\/(?<service>info\/refs|git-upload-pack)$/;

/**
 * Reading the attempt's own source, or one beside it, such as a submodule's `../other.git`, and nothing
 * else that git can ask for. Which of those there are, and may be read, the server says.
 */
function isGitRead({ method, path, query }: Line, scope: GatewayScope): boolean {
  const { repository = '', service } = gitPath.exec(path)?.groups ?? {};
  const isBeside = repository.startsWith(`/git/${scope.namespace}/`);
  if (repository !== scope.sourcePath && !isBeside) return false;
  if (service === 'git-upload-pack') return method === 'POST' && query === '';
  return method === 'GET' && query === 'service=git-upload-pack';
}

/**
 * No escapes and no steps upward: what is checked here is what the server will see. It reads one escape,
 * the colon of a digest, which changes nothing of what a path leads to.
 */
function isPlainPath(path: string): boolean {
  if (!/^\/[A-Za-z0-9._~@:+/-]*(?:\/sha(?:256|512)%3[Aa][0-9a-f]+)?$/.test(path)) return false;
  const parts = path.slice(1).split('/');
  const last = parts.pop();
  return last !== '.' && last !== '..' && parts.every((part) => !['', '.', '..'].includes(part));
}

function isHubHost(host: string): host is HubHost {
  return (hubHosts as readonly string[]).includes(host);
}

function nothingHere({ path }: Pick<Line, 'path'>): Route {
  const message = `a build reaches the registry and sources of its own namespace here, not ${path.slice(0, 200)}`;
  return refuse(404, 'NAME_UNKNOWN', message);
}

function refuse(status: Refusal['status'], code: Refusal['code'], message: string): Route {
  return { kind: 'refuse', refusal: { status, code, message } };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
