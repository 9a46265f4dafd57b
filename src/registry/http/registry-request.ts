import {
  type Digest,
  formatReference,
  parseDigest,
  parseReference,
  parseRepositoryName,
  parseTag,
  type Reference,
  type RepositoryName,
} from '#kernel';
import { edgeErrors } from './edge-errors.ts';

/** A request to the registry, read once. The numbers are those of the OCI specification's table. */
export type RegistryRequest = { readonly kind: 'check' } | RepositoryRequest;

export type RepositoryRequest =
  // end-2, end-3, end-7, end-9
  | Each<
      'manifest-get' | 'manifest-head' | 'manifest-put' | 'manifest-delete',
      { readonly reference: Reference }
    >
  // end-2, end-10
  | Each<'blob-get' | 'blob-head' | 'blob-delete', { readonly digest: Digest }>
  // end-4a, end-4b, end-11
  | Each<'upload-start', { readonly digest?: Digest; readonly mount?: MountSource }>
  // end-13, end-5, and what the specification's draft adds
  | Each<'upload-status' | 'upload-append' | 'upload-cancel', { readonly id: string }>
  // end-6
  | Each<'upload-finish', { readonly id: string; readonly digest: Digest }>
  // end-8a, end-8b
  | Each<'tag-list', { readonly limit?: number; readonly after?: string }>;

export interface MountSource {
  readonly digest: Digest;
  /** Absent when the client leaves it to the registry, or names what can't be a repository. */
  readonly from?: RepositoryName;
}

type Each<Kind extends string, Fields> = Kind extends string
  ? { readonly kind: Kind; readonly name: RepositoryName } & Fields
  : never;

/** What a path names, whatever the method. */
type Resource =
  | { readonly kind: 'manifest'; readonly name: RepositoryName; readonly reference: Reference }
  | { readonly kind: 'blob'; readonly name: RepositoryName; readonly digest: Digest }
  | { readonly kind: 'uploads'; readonly name: RepositoryName }
  | { readonly kind: 'upload'; readonly name: RepositoryName; readonly id: string }
  | { readonly kind: 'tags'; readonly name: RepositoryName };

const prefix = '/v2/';
const uploadIdForm = /^[0-9a-f-]{36}$/;

/**
 * The colon of a digest at the end of a path: the one escape that clients write, which take it for part
 * of a URL's scheme otherwise (RFC 3986, section 3.3).
 */
const escapedDigest = /(?<=\/sha(?:256|512))%3a(?=[0-9a-f]+$)/i;

/**
 * Reads method and URL as they stand on the request line. Names are found from the right, so that
 * `a/blobs/uploads/b` can't be taken for what it is not; nothing is decoded before that but the colon
 * of a digest. Throws the kernel's errors for names, tags and digests, and the edge's for everything
 * else.
 */
export function parseRegistryRequest(method: string, url: string): RegistryRequest {
  const [sent = '', ...rest] = url.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const path = sent.includes('%') ? sent.replace(escapedDigest, ':') : sent;
  if (path.includes('%')) {
    throw edgeErrors.fail('PATH_ENCODED', 'write the path without percent-encoding');
  }
  if (path === prefix || path === '/v2') return parseCheck(method);
  if (!path.startsWith(prefix)) throw unknownRoute();
  return withMethod(method, parseResource(path.slice(prefix.length)), query);
}

function parseCheck(method: string): RegistryRequest {
  if (method === 'GET' || method === 'HEAD') return { kind: 'check' };
  throw unsupported(method);
}

function parseResource(path: string): Resource {
  const segments = path.split('/');
  const name = (behind: number) => parseName(segments.slice(0, -behind).join('/'));
  const [third, second, last = ''] = segments.slice(-3);
  if (third === 'blobs' && second === 'uploads') {
    return last === ''
      ? { kind: 'uploads', name: name(3) }
      : { kind: 'upload', name: name(3), id: parseUploadId(last) };
  }
  if (second === 'blobs' && last === 'uploads') return { kind: 'uploads', name: name(2) };
  if (second === 'tags' && last === 'list') return { kind: 'tags', name: name(2) };
  if (second === 'blobs') return { kind: 'blob', name: name(2), digest: parseDigest(last) };
  if (second === 'manifests') {
    return { kind: 'manifest', name: name(2), reference: parseReference(last) };
  }
  throw unknownRoute();
}

/**
 * `docker push host/app` is refused with the remedy. As `DENIED`, since Docker tries everything else
 * again for a minute before it shows the reason.
 */
function parseName(text: string): RepositoryName {
  if (!text.includes('/') && parseNameOrNothing(`namespace/${text}`) !== undefined) {
    throw edgeErrors.fail(
      'NAMESPACE_MISSING',
      `a repository name needs a namespace: use <namespace>/${text} instead of ${text}`,
      { detail: { name: text } },
    );
  }
  return parseRepositoryName(text);
}

/** An id of another form can't be a session, and is answered as an unknown one later on. */
function parseUploadId(text: string): string {
  return uploadIdForm.test(text) ? text : 'unknown';
}

function withMethod(method: string, resource: Resource, query: URLSearchParams): RepositoryRequest {
  const { name } = resource;
  switch (resource.kind) {
    case 'manifest':
      return { kind: kindOf(manifestKinds, method), name, reference: resource.reference };
    case 'blob':
      return { kind: kindOf(blobKinds, method), name, digest: resource.digest };
    case 'uploads':
      return { kind: kindOf(uploadsKinds, method), name, ...parseUploadQuery(query) };
    case 'upload':
      return withUploadMethod(kindOf(uploadKinds, method), resource, query);
    case 'tags':
      return { kind: kindOf(tagsKinds, method), name, ...parsePageQuery(query) };
  }
}

const manifestKinds = {
  GET: 'manifest-get',
  HEAD: 'manifest-head',
  PUT: 'manifest-put',
  DELETE: 'manifest-delete',
} as const;
const blobKinds = { GET: 'blob-get', HEAD: 'blob-head', DELETE: 'blob-delete' } as const;
const uploadsKinds = { POST: 'upload-start' } as const;
const uploadKinds = {
  GET: 'upload-status',
  PATCH: 'upload-append',
  PUT: 'upload-finish',
  DELETE: 'upload-cancel',
} as const;
const tagsKinds = { GET: 'tag-list', HEAD: 'tag-list' } as const;

function kindOf<Kind extends string>(kinds: Readonly<Record<string, Kind>>, method: string): Kind {
  const kind = Object.hasOwn(kinds, method) ? kinds[method] : undefined;
  if (kind === undefined) throw unsupported(method);
  return kind;
}

function withUploadMethod(
  kind: (typeof uploadKinds)[keyof typeof uploadKinds],
  { name, id }: { readonly name: RepositoryName; readonly id: string },
  query: URLSearchParams,
): RepositoryRequest {
  if (kind !== 'upload-finish') return { kind, name, id };
  return { kind, name, id, digest: parseDigest(query.get('digest') ?? '') };
}

function parseUploadQuery(query: URLSearchParams) {
  const digest = query.get('digest');
  const mount = query.get('mount');
  return {
    ...(digest === null ? {} : { digest: parseDigest(digest) }),
    ...(mount === null ? {} : { mount: parseMount(mount, query.get('from')) }),
  };
}

function parseMount(digest: string, from: string | null): MountSource {
  const name = from === null ? undefined : parseNameOrNothing(from);
  return { digest: parseDigest(digest), ...(name === undefined ? {} : { from: name }) };
}

function parseNameOrNothing(text: string): RepositoryName | undefined {
  try {
    return parseRepositoryName(text);
  } catch {
    return undefined;
  }
}

function parsePageQuery(query: URLSearchParams) {
  const limit = query.get('n');
  const after = query.get('last');
  return {
    ...(limit === null ? {} : { limit: parseLimit(limit) }),
    ...(after === null ? {} : { after: parseAfter(after) }),
  };
}

function parseLimit(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw edgeErrors.fail('PAGINATION_NUMBER_INVALID', 'n is a whole number of tags, such as 100');
}

/** A list goes on behind any text, as if it were a tag; only what no database takes is refused. */
function parseAfter(text: string): string {
  return /\p{Cc}/u.test(text) ? parseTag(text) : text;
}

/** The path and query that `parseRegistryRequest` reads as this request. */
export function formatRegistryUrl(request: RegistryRequest): string {
  if (request.kind === 'check') return prefix;
  const query = queryOf(request).toString();
  return `${prefix}${request.name}/${pathOf(request)}${query === '' ? '' : `?${query}`}`;
}

function pathOf(request: RepositoryRequest): string {
  if ('reference' in request) return `manifests/${formatReference(request.reference)}`;
  if ('id' in request) return `blobs/uploads/${request.id}`;
  if (request.kind === 'upload-start') return 'blobs/uploads/';
  if (request.kind === 'tag-list') return 'tags/list';
  return `blobs/${request.digest}`;
}

function queryOf(request: RepositoryRequest): URLSearchParams {
  const query = new URLSearchParams();
  const set = (key: string, value: string | number | undefined) => {
    if (value !== undefined) query.set(key, String(value));
  };
  if (request.kind === 'upload-finish') set('digest', request.digest);
  if (request.kind === 'upload-start') {
    set('digest', request.digest);
    set('mount', request.mount?.digest);
    set('from', request.mount?.from);
  }
  if (request.kind === 'tag-list') {
    set('n', request.limit);
    set('last', request.after);
  }
  return query;
}

function unknownRoute() {
  return edgeErrors.fail('ROUTE_UNKNOWN', 'the registry has no such path');
}

function unsupported(method: string) {
  return edgeErrors.fail('UNSUPPORTED', `the method ${method.slice(0, 20)} is not known here`);
}
