import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, mediaTypes } from '#kernel';
import { digestOf } from '#platform/crypto';
import { parseManifestDocument } from './manifest-document.ts';

const digest = digestOf(Buffer.from('a'));
const other = digestOf(Buffer.from('b'));
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 1 };
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: other, size: 2 };
const image = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer] };
const child = { mediaType: mediaTypes.ociManifest, digest, size: 3 };
const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child] };

const parse = (document: unknown, mediaType: string = mediaTypes.ociManifest) =>
  parseManifestDocument(
    mediaType,
    Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)),
  );

describe('a manifest is read as', () => {
  test('the blobs of an image, each once', () => {
    const document = parse({ ...image, layers: [layer, layer] });

    expect(document).toMatchObject({
      mediaType: mediaTypes.ociManifest,
      blobs: [
        { digest, size: 1 },
        { digest: other, size: 2 },
      ],
      manifests: [],
    });
  });

  test('the manifests of an index', () => {
    expect(parse(index, mediaTypes.ociIndex)).toMatchObject({
      mediaType: mediaTypes.ociIndex,
      blobs: [],
      manifests: [{ digest, size: 3 }],
    });
  });

  test.each([mediaTypes.ociIndex, mediaTypes.dockerList])(
    'the blobs of a cache that BuildKit writes as an %s',
    (mediaType) => {
      const cache = { ...layer, mediaType: 'application/vnd.buildkit.cacheconfig.v0' };
      const entry = { ...config, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' };

      expect(
        parse({ schemaVersion: 2, mediaType, manifests: [entry, cache] }, mediaType),
      ).toMatchObject({
        mediaType,
        blobs: [
          { digest, size: 1 },
          { digest: other, size: 2 },
        ],
        manifests: [],
      });
    },
  );

  test('an image that leaves its own mediaType out, with a subject', () => {
    const { mediaType: _left, ...without } = image;

    expect(parse({ ...without, subject: child }).subject).toBe(digest);
  });

  test("Docker's media types, whose foreign layers are fetched elsewhere", () => {
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: digestOf(Buffer.from('windows')),
      size: 9,
    };
    const document = { ...image, mediaType: mediaTypes.dockerManifest, layers: [foreign] };

    expect(parse(document, mediaTypes.dockerManifest).blobs).toEqual([{ digest, size: 1 }]);
  });
});

describe('A12 a manifest is refused when', () => {
  const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
  const many = Array.from({ length: 1001 }, (_, at) => ({
    ...layer,
    digest: digestOf(Buffer.from(String(at))),
  }));
  const table: readonly [problem: string, document: unknown, mediaType?: string][] = [
    ['it is not JSON', '{'],
    ['it is not an object', '[]'],
    ['schemaVersion is missing', { ...image, schemaVersion: undefined }],
    ['schemaVersion is 1', { ...image, schemaVersion: 1 }],
    ['its mediaType is not what it was sent as', { ...image, mediaType: mediaTypes.ociIndex }],
    ['it has layers and manifests', { ...image, manifests: [child] }],
    ['an index has layers too', { ...index, layers: [] }, mediaTypes.ociIndex],
    ['an index has a config', { ...index, config }, mediaTypes.ociIndex],
    [
      'an index has one digest as manifest and as blob',
      { ...index, manifests: [child, { ...child, mediaType: layer.mediaType }] },
      mediaTypes.ociIndex,
    ],
    ['an index has no manifests', { ...index, manifests: undefined }, mediaTypes.ociIndex],
    ['an image has no config', { ...image, config: undefined }],
    ['an image has no layers', { ...image, layers: undefined }],
    ['a digest is upper case', { ...image, config: { ...config, digest: digest.toUpperCase() } }],
    ['a digest is a path', { ...image, config: { ...config, digest: 'sha256:../../etc' } }],
    ['a size is negative', { ...image, config: { ...config, size: -1 } }],
    ['a size is a fraction', { ...image, config: { ...config, size: 1.5 } }],
    ['one digest has two sizes', { ...image, layers: [{ ...config, size: 2 }] }],
    ['a subject is no descriptor', { ...image, subject: 'x' }],
    ['it is nested too deep', JSON.stringify({ ...image, x: 0 }).replace(':0', `:${deep}`)],
    ['it has too many layers', { ...image, layers: many }],
    ['a key stands in it twice', JSON.stringify(image).replace('{', '{"layers":[],')],
    [
      'a key stands in it twice, once escaped',
      JSON.stringify(image).replace('{', '{"\\u006cayers":[],'),
    ],
    [
      'its media type is unknown',
      { ...image, mediaType: 'application/x+json' },
      'application/x+json',
    ],
  ];

  test.each(table)('%s', (_problem, document, mediaType) => {
    expect(() => parse(document, mediaType)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    );
  });

  test('it is not UTF-8', () => {
    expect(() => parseManifestDocument(mediaTypes.ociManifest, Buffer.from([0x7b, 0xff]))).toThrow(
      /not UTF-8/,
    );
  });
});

test('whatever is sent, it is read or refused, and nothing else happens', () => {
  const anything = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .object({ key: fc.constantFrom('layers', 'config', 'digest', 'size', 'manifests') })
      .map((extra) => JSON.stringify({ ...image, ...extra })),
  );
  fc.assert(
    fc.property(anything, fc.constantFrom(...Object.values(mediaTypes)), (text, mediaType) => {
      try {
        parse(text, mediaType);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});
