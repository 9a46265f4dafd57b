import { describe, expect, test } from 'vitest';
import { routeRequest } from './route-request.ts';

const scope = {
  publicHost: 'hub.example.com:5000',
  namespace: 'myorg',
  sourcePath: '/git/myorg/source.git',
};

function kindOf(request: string): string {
  const [method = '', host = '', target = ''] = request.split(' ');
  const route = routeRequest({ method, host, target }, scope);
  if (route.kind === 'refuse') return `refuse ${route.refusal.status}`;
  return route.kind === 'upstream' ? `upstream ${route.host}` : route.kind;
}

const ours = 'hub.example.com:5000';

describe('requests under the public name', () => {
  test.each([
    [`GET ${ours} /v2/`, 'welcome'],
    [`GET ${ours} /token?service=x`, 'any-token'],
    [`POST ${ours} /token`, 'any-token'],
    [`HEAD ${ours} /v2/myorg/app/manifests/latest`, 'slipway'],
    [`GET ${ours} /v2/library/debian/manifests/bookworm`, 'slipway'],
    [`POST ${ours} /v2/myorg/app/blobs/uploads/?mount=sha256:0&from=a/b`, 'slipway'],
    [`PATCH ${ours} /v2/myorg/a/b/blobs/uploads/0-1_2?_state=x%2Fy`, 'slipway'],
    [`GET ${ours} /v2/myorg/app/blobs/sha256%3A0a`, 'slipway'],
    [`GET ${ours} /v2/myorg/app/tags/list`, 'slipway'],
    [`GET ${ours} /git/myorg/source.git/info/refs?service=git-upload-pack`, 'slipway'],
    [`POST ${ours} /git/myorg/source.git/git-upload-pack`, 'slipway'],
    [`GET ${ours} /git/myorg/other.git/info/refs?service=git-upload-pack`, 'slipway'],
    [`POST ${ours} /git/myorg/other/git-upload-pack`, 'slipway'],
    [`GET HUB.example.com:5000 /v2/`, 'welcome'],
  ])('%s → %s', (request, kind) => expect(kindOf(request)).toBe(kind));
});

describe('requests under Docker Hub’s names', () => {
  test.each([
    ['GET registry-1.docker.io /v2/', 'welcome'],
    ['GET index.docker.io:443 /v2/', 'welcome'],
    ['PUT registry-1.docker.io /v2/myorg/app/manifests/latest', 'slipway'],
    ['GET registry-1.docker.io /v2/library/debian/manifests/bookworm', 'slipway-first'],
    ['PUT registry-1.docker.io /v2/library/debian/manifests/x', 'upstream registry-1.docker.io'],
    ['GET registry-1.docker.io /v2/other/app/manifests/x', 'upstream registry-1.docker.io'],
    [
      'GET registry-1.docker.io /v2/myorganization/app/manifests/x',
      'upstream registry-1.docker.io',
    ],
    ['GET auth.docker.io /token?service=s&scope=repository:myorg/app:pull,push', 'any-token'],
    ['GET auth.docker.io /token?service=s', 'any-token'],
    ['GET auth.docker.io /token?scope=repository:other/app:pull', 'upstream auth.docker.io'],
    [
      'GET auth.docker.io /token?scope=repository:myorg/a:pull%20repository:b/c:pull',
      'upstream auth.docker.io',
    ],
  ])('%s → %s', (request, kind) => expect(kindOf(request)).toBe(kind));
});

describe('what nobody in a sandbox needs is refused', () => {
  test.each([
    [`GET ${ours} /`, 'refuse 404'],
    [`GET ${ours} /api/v1/repositories`, 'refuse 404'],
    [`POST ${ours} /api/builder/v1/connection`, 'refuse 404'],
    [`GET ${ours} /v2/users/login`, 'refuse 404'],
    [`GET ${ours} /v2/repositories/myorg/app/tags/list`, 'refuse 404'],
    [`GET ${ours} /v2/_catalog`, 'refuse 404'],
    [`GET ${ours} /git/myorganization/app.git/info/refs?service=git-upload-pack`, 'refuse 404'],
    [`GET ${ours} /git/grace/other.git/info/refs?service=git-upload-pack`, 'refuse 404'],
    [`POST ${ours} /git/grace/other.git/git-upload-pack`, 'refuse 404'],
    [`GET ${ours} /git/myorg/other.git/info/refs?service=git-receive-pack`, 'refuse 404'],
    [`POST ${ours} /git/myorg/other.git/git-receive-pack`, 'refuse 404'],
    [`POST ${ours} /git/myorg/other.git/git-upload-pack?x=1`, 'refuse 404'],
    [`GET ${ours} /git/myorg/other.git/objects/info/packs`, 'refuse 404'],
    [`GET ${ours} /git/myorg/source.git/info/refs?service=git-receive-pack`, 'refuse 404'],
    [`GET ${ours} /git/myorg/source.git/info/refs?service=git-upload-pack&x=1`, 'refuse 404'],
    [`POST ${ours} /git/myorg/source.git/git-receive-pack`, 'refuse 404'],
    [`GET ${ours} /git/myorg/source.git/HEAD`, 'refuse 404'],
    [`GET ${ours} /v2/myorg/app/manifests/../../../../api/v1/x`, 'refuse 400'],
    [`GET ${ours} /v2/myorg/app/manifests/..`, 'refuse 400'],
    [`GET ${ours} /v2/myorg/app/manifests/%2e%2e`, 'refuse 400'],
    [`GET ${ours} /v2/myorg/app/manifests/sha256%3A..%2f`, 'refuse 400'],
    [`GET ${ours} /v2/myorg/sha256%3A0a/manifests/x`, 'refuse 400'],
    [`GET ${ours} /v2//myorg/app/manifests/x`, 'refuse 400'],
    [`GET ${ours} /v2/myorg\\app/manifests/x`, 'refuse 400'],
    [`GET ${ours} http://169.254.169.254/v2/a/b/manifests/x`, 'refuse 400'],
    ['GET registry-1.docker.io /git/myorg/source.git/git-upload-pack', 'refuse 404'],
    ['GET auth.docker.io /v2/', 'refuse 404'],
    ['GET localhost /v2/', 'refuse 421'],
    ['GET evil.example.com /v2/', 'refuse 421'],
    ['GET hub.example.com /v2/', 'refuse 421'],
  ])('%s → %s', (request, kind) => expect(kindOf(request)).toBe(kind));
});
