import { expect, test } from 'vitest';
import { parseGitRequest } from './git-request.ts';

test('the three paths of the smart protocol are read, with deeper names too', () => {
  const refs = parseGitRequest('GET', '/git/ada/app.git/info/refs?service=git-receive-pack');
  const fetch = parseGitRequest('POST', '/git/ada/group/app.git/git-upload-pack');

  expect(refs).toMatchObject({ name: 'ada/app', action: 'write', isAdvertisement: true });
  expect(fetch).toMatchObject({ name: 'ada/group/app', action: 'read', isAdvertisement: false });
});

test.each([
  '/git/ada/app.git/..%2f..%2fetc/info/refs?service=git-upload-pack',
  '/git/ada/%61pp.git/git-upload-pack',
  '/git/../app.git/git-upload-pack',
  '/git/ada/../../etc.git/git-upload-pack',
  '/git/ada//app.git/git-upload-pack',
  '/git/app.git/git-upload-pack',
  '/git/ada/-app.git/git-upload-pack',
  '/git/ada/app.git\0/git-upload-pack',
  '/git/app/git-upload-pack',
  `/git/ada/${'a'.repeat(300)}.git/git-upload-pack`,
])('A14 no repository is looked for at %j', (url) => {
  expect(() => parseGitRequest('POST', url)).toThrow(/git address|repository name/);
});

test.each([
  ['/git/ada/app/git-upload-pack', 'ada/app'],
  ['/git/ada/app.git.git/git-upload-pack', 'ada/app.git'],
  ['/git/ada/info/refs.git/git-upload-pack', 'ada/info/refs'],
  ['/git/ada/info/refs/git-upload-pack', 'ada/info/refs'],
])('%s is an address of %s, since one ".git" may be left out', (url, name) => {
  expect(parseGitRequest('POST', url).name).toBe(name);
});

test.each([
  '/git/ada/app.git/info/lfs',
  '/git/ada/app/info/lfs/objects/batch',
  '/git/ada/app.git/info/lfs/locks/verify?x=1',
])('an LFS client is told that there are no objects: %s', (url) => {
  expect(() => parseGitRequest('POST', url)).toThrow('keeps no Git LFS objects');
});

test.each([
  '/git/ada/app.git',
  '/git/ada/app.git/objects/0a/1b2c',
  '/git/ada/app.git/HEAD',
  '/git/ada/app.git/info/refs',
  '/git/ada/app.git/objects/info/packs',
])('the dumb protocol is not served: %s', (url) => {
  expect(() => parseGitRequest('GET', url)).toThrow('smart HTTP');
});

test('a wrong method is told the right one', () => {
  expect(() => parseGitRequest('GET', '/git/ada/app.git/git-upload-pack')).toThrow('use POST');
});
