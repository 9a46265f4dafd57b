import { expect, test } from 'vitest';
import { edgeOf } from './route-request.ts';

test.each([
  ['/v2/', 'registry'],
  ['/v2/ada/app/manifests/latest', 'registry'],
  ['/v2/library/debian/tags/list', 'registry'],
  ['/v2/users/login', 'hubApi'],
  ['/v2/repositories/ada/app/', 'hubApi'],
  ['/v2/usersx/app/tags/list', 'registry'],
  ['/v2/admin/app/tags/list', 'registry'],
  ['/v2/%75sers/login', 'registry'],
  ['/token', 'token'],
  ['/git/ada/app.git/info/refs', 'git'],
  ['/api/v1/me', 'slipwayApi'],
  ['/api/openapi.json', 'slipwayApi'],
  ['/api/builder/v1/connection', 'builderApi'],
  ['/api/builders', 'slipwayApi'],
  ['/readyz', 'health'],
  ['/', undefined],
  ['/v20/', undefined],
])('the path %s leads to %s', (path, edge) => {
  expect(edgeOf(path)).toBe(edge);
});
