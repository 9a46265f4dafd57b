import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { imagePlaces, imagePrograms, imageUser, parseVersions } from './image-layout.ts';

const recipe = fileURLToPath(new URL('../../../builder-image/', import.meta.url));
const programs = join(recipe, 'rootfs/usr/local/lib/slipway');
const texts = [
  readFileSync(join(recipe, 'set-up.sh'), 'utf8'),
  ...readdirSync(programs).map((name) => readFileSync(join(programs, name), 'utf8')),
].join('\n');

test.each(Object.values(imagePrograms))('the image has %s', (path) => {
  expect(statSync(join(recipe, 'rootfs', path)).mode & 0o111).not.toBe(0);
});

test.each(Object.values(imagePlaces))('the image’s own programs speak of %s', (place) => {
  expect(texts).toContain(place);
});

test('the image makes its user', () => {
  expect(texts).toContain(`useradd --uid ${imageUser} --gid ${imageUser} `);
});

test('versions are read from what the image prints', () => {
  expect(parseVersions('debian 13.1\nengine 26.1.5')).toEqual({
    debian: '13.1',
    engine: '26.1.5',
  });
});
