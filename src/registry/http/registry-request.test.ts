import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, parseRepositoryName, parseTag } from '#kernel';
import { digestOf } from '#platform/crypto';
import {
  formatRegistryUrl,
  parseRegistryRequest,
  type RegistryRequest,
} from './registry-request.ts';

const digest = digestOf(Buffer.from('x'));
const id = '0b7f2b1e-7f0e-4d5b-8a37-0a6c2a3c9f11';
const name = parseRepositoryName('team/app');
const tagged = { kind: 'tag', tag: parseTag('v1') } as const;

describe('a request is read from method and URL', () => {
  const rows: readonly [method: string, url: string, request: RegistryRequest][] = [
    ['GET', '/v2/', { kind: 'check' }],
    ['GET', '/v2', { kind: 'check' }],
    ['GET', '/v2/team/app/manifests/v1', { kind: 'manifest-get', name, reference: tagged }],
    [
      'HEAD',
      `/v2/team/app/manifests/${digest}`,
      { kind: 'manifest-head', name, reference: { kind: 'digest', digest } },
    ],
    [
      'GET',
      `/v2/team/app/manifests/${digest.replace(':', '%3A')}`,
      { kind: 'manifest-get', name, reference: { kind: 'digest', digest } },
    ],
    [
      'HEAD',
      `/v2/team/app/blobs/${digest.replace(':', '%3a')}`,
      { kind: 'blob-head', name, digest },
    ],
    ['PUT', '/v2/team/app/manifests/v1', { kind: 'manifest-put', name, reference: tagged }],
    ['DELETE', '/v2/team/app/manifests/v1', { kind: 'manifest-delete', name, reference: tagged }],
    ['GET', `/v2/team/app/blobs/${digest}`, { kind: 'blob-get', name, digest }],
    ['HEAD', `/v2/team/app/blobs/${digest}`, { kind: 'blob-head', name, digest }],
    ['DELETE', `/v2/team/app/blobs/${digest}`, { kind: 'blob-delete', name, digest }],
    ['POST', '/v2/team/app/blobs/uploads/', { kind: 'upload-start', name }],
    ['POST', '/v2/team/app/blobs/uploads', { kind: 'upload-start', name }],
    [
      'POST',
      `/v2/team/app/blobs/uploads/?digest=${encodeURIComponent(digest)}`,
      { kind: 'upload-start', name, digest },
    ],
    [
      'POST',
      `/v2/team/app/blobs/uploads/?mount=${digest}&from=library/debian`,
      {
        kind: 'upload-start',
        name,
        mount: { digest, from: parseRepositoryName('library/debian') },
      },
    ],
    [
      'POST',
      `/v2/team/app/blobs/uploads/?mount=${digest}&from=../etc`,
      { kind: 'upload-start', name, mount: { digest } },
    ],
    ['GET', `/v2/team/app/blobs/uploads/${id}`, { kind: 'upload-status', name, id }],
    ['PATCH', `/v2/team/app/blobs/uploads/${id}`, { kind: 'upload-append', name, id }],
    [
      'PUT',
      `/v2/team/app/blobs/uploads/${id}?digest=${digest}`,
      { kind: 'upload-finish', name, id, digest },
    ],
    ['DELETE', `/v2/team/app/blobs/uploads/${id}`, { kind: 'upload-cancel', name, id }],
    ['GET', '/v2/team/app/tags/list', { kind: 'tag-list', name }],
    ['GET', '/v2/team/app/tags/list?last=%C3%A9/..%2F', { kind: 'tag-list', name, after: 'é/../' }],
    ['GET', '/v2/team/app/tags/list?n=5&last=a', { kind: 'tag-list', name, limit: 5, after: 'a' }],
    [
      'GET',
      '/v2/blobs/uploads/manifests/tags/list',
      { kind: 'tag-list', name: parseRepositoryName('blobs/uploads/manifests') },
    ],
    [
      'POST',
      '/v2/a/manifests/b/blobs/uploads/',
      { kind: 'upload-start', name: parseRepositoryName('a/manifests/b') },
    ],
  ];

  test.each(rows)('%s %s', (method, url, request) => {
    expect(parseRegistryRequest(method, url)).toEqual(request);
  });
});

describe('A13 A14 a request is refused', () => {
  const rows: readonly [code: string, method: string, url: string][] = [
    ['PATH_ENCODED', 'GET', '/v2/team%2Fapp/tags/list'],
    ['PATH_ENCODED', 'GET', '/v2/team/..%2f..%2fetc/manifests/v1'],
    ['PATH_ENCODED', 'GET', `/v2/team/app/manifests/sha256%253A${'0'.repeat(64)}`],
    ['PATH_ENCODED', 'GET', `/v2/team/app/manifests/sha256%3A..%2f..%2fetc`],
    ['PATH_ENCODED', 'GET', '/v2/team/app/manifests/sha256%3A../v1'],
    ['PATH_ENCODED', 'GET', `/v2/team/sha256%3A${'0'.repeat(64)}/manifests/v1`],
    ['PATH_ENCODED', 'GET', `/v2/team/app%00/blobs/sha256%3A${'0'.repeat(64)}`],
    ['PATH_ENCODED', 'GET', '/v2/team/app/manifests/v1%00'],
    ['DIGEST_INVALID', 'GET', `/v2/team/app/manifests/sha256%3A${'0'.repeat(63)}`],
    ['DIGEST_INVALID', 'GET', `/v2/team/app/blobs/${digest.toUpperCase().replace(':', '%3A')}`],
    ['DIGEST_INVALID', 'POST', '/v2/team/app/blobs/uploads/?digest=sha256:..%00'],
    ['DIGEST_INVALID', 'POST', '/v2/team/app/blobs/uploads/?mount=%00'],
    ['TAG_INVALID', 'GET', '/v2/team/app/tags/list?last=v1%00'],
    ['TAG_INVALID', 'GET', '/v2/team/app/tags/list?last=%0d%0aX'],
    ['NAME_INVALID', 'GET', '/v2/../../etc/manifests/v1'],
    ['NAME_INVALID', 'GET', '/v2/team//app/manifests/v1'],
    ['NAME_INVALID', 'GET', '/v2/Team/app/tags/list'],
    ['NAME_INVALID', 'GET', '/v2/tеam/app/tags/list'],
    ['NAME_INVALID', 'GET', `/v2/${'a'.repeat(200)}/${'b'.repeat(60)}/tags/list`],
    ['NAME_INVALID', 'GET', '/v2//tags/list'],
    ['NAMESPACE_MISSING', 'GET', '/v2/app/tags/list'],
    ['TAG_INVALID', 'GET', '/v2/team/app/manifests/-v1'],
    ['TAG_INVALID', 'GET', `/v2/team/app/manifests/${'a'.repeat(129)}`],
    ['DIGEST_INVALID', 'GET', '/v2/team/app/manifests/sha256:..'],
    ['DIGEST_INVALID', 'GET', '/v2/team/app/blobs/latest'],
    ['DIGEST_INVALID', 'GET', `/v2/team/app/blobs/${digest.toUpperCase()}`],
    ['DIGEST_INVALID', 'GET', `/v2/team/app/blobs/md5:${'a'.repeat(32)}`],
    ['DIGEST_INVALID', 'PUT', `/v2/team/app/blobs/uploads/${id}`],
    ['DIGEST_INVALID', 'POST', '/v2/team/app/blobs/uploads/?digest='],
    ['UNSUPPORTED', 'POST', '/v2/team/app/manifests/v1'],
    ['UNSUPPORTED', 'PUT', '/v2/team/app/tags/list'],
    ['UNSUPPORTED', 'toString', '/v2/team/app/tags/list'],
    ['UNSUPPORTED', 'DELETE', '/v2/'],
    ['ROUTE_UNKNOWN', 'GET', '/v2/team/app'],
    ['ROUTE_UNKNOWN', 'GET', '/v2/_catalog'],
    ['ROUTE_UNKNOWN', 'GET', '/v1/team/app/tags/list'],
    ['PAGINATION_NUMBER_INVALID', 'GET', '/v2/team/app/tags/list?n=-1'],
    ['PAGINATION_NUMBER_INVALID', 'GET', '/v2/team/app/tags/list?n=1e9'],
    ['PAGINATION_NUMBER_INVALID', 'GET', '/v2/team/app/tags/list?n=99999999999999999999'],
  ];

  test.each(rows)('with %s: %s %s', (code, method, url) => {
    expect(() => parseRegistryRequest(method, url)).toThrow(expect.objectContaining({ code }));
  });
});

const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,8}){0,2}$/);
const names = fc
  .array(component, { minLength: 2, maxLength: 5 })
  .map((parts) => parseRepositoryName(parts.join('/')));
const digests = fc
  .tuple(fc.uint8Array(), fc.constantFrom('sha256' as const, 'sha512' as const))
  .map(([bytes, algorithm]) => digestOf(bytes, algorithm));
const tags = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,30}$/).map((text) => parseTag(text));
const references = fc.oneof(
  tags.map((tag) => ({ kind: 'tag', tag }) as const),
  digests.map((of) => ({ kind: 'digest', digest: of }) as const),
);
const methods = {
  'manifest-get': 'GET',
  'manifest-put': 'PUT',
  'blob-head': 'HEAD',
  'upload-start': 'POST',
  'upload-append': 'PATCH',
  'upload-finish': 'PUT',
  'tag-list': 'GET',
} as const;
const requests = fc.oneof(
  fc.record({
    kind: fc.constantFrom('manifest-get' as const, 'manifest-put' as const),
    name: names,
    reference: references,
  }),
  fc.record({ kind: fc.constant('blob-head' as const), name: names, digest: digests }),
  fc.record({ kind: fc.constant('upload-append' as const), name: names, id: fc.uuid() }),
  fc.record({
    kind: fc.constant('upload-finish' as const),
    name: names,
    id: fc.uuid(),
    digest: digests,
  }),
  fc.record(
    {
      kind: fc.constant('upload-start' as const),
      name: names,
      mount: fc.record({ digest: digests, from: names }),
    },
    { requiredKeys: ['kind', 'name'] },
  ),
  fc.record(
    { kind: fc.constant('tag-list' as const), name: names, limit: fc.nat(10_000), after: tags },
    { requiredKeys: ['kind', 'name'] },
  ),
);

test('what is written as a URL is read as the same request', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const url = formatRegistryUrl(request as RegistryRequest);
      expect(parseRegistryRequest(methods[request.kind], url)).toEqual(request);
    }),
  );
});

test('any URL is read or refused with a code, and nothing else happens', () => {
  const paths = fc.array(
    fc.oneof(
      fc.constantFrom('blobs', 'uploads', 'manifests', 'tags', 'list', '..', ''),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH'), paths, (method, parts) => {
      try {
        parseRegistryRequest(method, `/v2/${parts.join('/')}`);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});
