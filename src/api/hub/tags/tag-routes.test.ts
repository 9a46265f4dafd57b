import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  clusterEnvironment,
  pushImage,
  startTestServer,
  type TestServer,
  testPassword,
} from '#app/testing';
import { mediaTypes, parseReference, systemClock } from '#kernel';
import { makePostgresDatabase, testDialects } from '#platform/db/testing';
import { contentOf, createRegistryClient, imageContent, putImage } from '#transfer';
import { askHub, type HubRequest } from '../testing/hub-requests.ts';

interface Named {
  readonly name: string;
}

describe.each(testDialects)('tags as Docker Hub’s API has them, on %s', (dialect) => {
  const opened = new AsyncDisposableStack();
  let server: TestServer;
  beforeAll(async () => {
    const database = dialect === 'postgres' ? opened.use(await makePostgresDatabase()) : undefined;
    const environment = database === undefined ? {} : clusterEnvironment(database.url);
    server = opened.use(await startTestServer({ environment }));
  });
  afterAll(() => opened.disposeAsync());

  const ask = (path: string, request: HubRequest = {}) =>
    askHub(`${server.url}/v2${path}`, {
      authorization: `Bearer ${server.ada.session}`,
      ...request,
    });
  const nobody = { authorization: undefined };
  const namesOf = async (path: string) =>
    (await ask(path)).body.results.map(({ name }: Named) => name);

  async function withRepository<Result>(
    name: string,
    work: (
      to: ReturnType<ReturnType<typeof createRegistryClient>['repository']>,
    ) => Promise<Result>,
  ): Promise<Result> {
    const credential = { kind: 'password', username: 'ada', password: testPassword } as const;
    await using client = createRegistryClient({
      registry: server.url,
      credential,
      clock: systemClock,
    });
    return await work(client.repository(name));
  }

  const layer = Buffer.from('a layer of 26 bytes exactly');

  /** An index over an image for each of these platforms. */
  function pushIndex(name: string, tag: string, platforms: readonly object[]) {
    return withRepository(name, async (to) => {
      const manifests = [];
      for (const platform of platforms) {
        const image = imageContent({ ...platform, made: crypto.randomUUID() }, [layer]);
        await putImage(to, parseReference(image.manifest.descriptor.digest), image);
        manifests.push({ ...image.manifest.descriptor, platform });
      }
      const document = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
      const index = contentOf(mediaTypes.ociIndex, document);
      await to.putManifest(parseReference(tag), index);
      return { digest: index.descriptor.digest, images: manifests.map(({ digest }) => digest) };
    });
  }

  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

  test('one has every key that clients know and no other, at each address', async () => {
    const image = imageContent({ architecture: 'arm64', os: 'linux', variant: 'v8' }, [layer]);
    await withRepository('ada/one', (to) => putImage(to, parseReference('1.0'), image));
    const { digest } = image.manifest.descriptor;
    const account = await server.rooms.accounts.find('ada');

    for (const path of ['/repositories/ada/one', '/namespaces/ada/repositories/one']) {
      for (const end of ['', '/']) {
        const { status, body } = await ask(`${path}/tags/1.0${end}`, nobody);

        expect(status).toBe(200);
        expect(body).toEqual({
          creator: account?.id,
          id: expect.any(Number),
          images: [
            {
              architecture: 'arm64',
              features: '',
              variant: 'v8',
              digest,
              os: 'linux',
              os_features: null,
              os_version: null,
              size: layer.length,
              status: 'active',
              last_pulled: null,
              last_pushed: time,
            },
          ],
          last_updated: time,
          last_updater: account?.id,
          last_updater_username: 'ada',
          name: '1.0',
          repository: expect.any(Number),
          full_size: layer.length,
          v2: true,
          tag_status: 'active',
          tag_last_pulled: null,
          tag_last_pushed: time,
          media_type: mediaTypes.ociManifest,
          content_type: 'image',
          digest,
        });
        expect((await ask(`${path}/tags${end}`, nobody)).body.results).toEqual([body]);
        for (const asked of ['tags', 'tags/1.0', 'tags/2.0']) {
          const head = await fetch(`${server.url}/v2${path}/${asked}${end}`, { method: 'HEAD' });
          expect([head.status, await head.text()]).toEqual([asked === 'tags/2.0' ? 404 : 200, '']);
        }
      }
    }
  });

  test('one of an index shows its images, each for its platform', async () => {
    const { digest, images } = await pushIndex('ada/several', 'latest', [
      { architecture: 'arm', os: 'linux', variant: 'v7' },
      { architecture: 'amd64', os: 'linux' },
      {
        architecture: 'amd64',
        os: 'windows',
        'os.version': '10.0.20348',
        'os.features': ['win32k'],
      },
    ]);

    const { body } = await ask('/repositories/ada/several/tags/latest');

    expect(body).toMatchObject({ digest, media_type: mediaTypes.ociIndex, content_type: 'image' });
    expect(body.full_size).toBe(layer.length);
    expect(body.images).toMatchObject([
      { architecture: 'arm', os: 'linux', variant: 'v7', digest: images[0], size: layer.length },
      { architecture: 'amd64', os: 'linux', variant: null, digest: images[1], os_version: null },
      { os: 'windows', digest: images[2], os_version: '10.0.20348', os_features: 'win32k' },
    ]);
  });

  test.each([
    ['helm', 'application/vnd.cncf.helm.config.v1+json'],
    ['unrecognized', 'application/vnd.example.thing.v1+json'],
  ])('an artifact is of the type %s', async (type, configType) => {
    await withRepository('ada/artifacts', async (to) => {
      const config = contentOf(configType, { name: type });
      await to.putBlob(config.descriptor, config.bytes);
      const document = {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: config.descriptor,
        layers: [],
      };
      await to.putManifest(parseReference(type), contentOf(mediaTypes.ociManifest, document));
    });

    const { body } = await ask(`/repositories/ada/artifacts/tags/${type}`);

    expect(body).toMatchObject({ content_type: type, full_size: 0 });
    expect(body.images).toMatchObject([{ architecture: 'unknown', os: null }]);
  });

  describe('a list', () => {
    const fromA = ['a', 'b', 'c'];
    const tags = '/repositories/ada/listed/tags';
    beforeAll(async () => {
      for (const tag of fromA) await pushImage(server, server.ada, `ada/listed:${tag}`);
    });

    test('is ordered as Hub orders tags: the other way round', async () => {
      expect(await namesOf(tags)).toEqual(fromA.toReversed());
      expect(await namesOf(`${tags}?ordering=last_updated`)).toEqual(fromA.toReversed());
      expect(await namesOf(`${tags}?ordering=-last_updated`)).toEqual(fromA);
      expect(await namesOf(`${tags}?ordering=name`)).toEqual(fromA.toReversed());
      expect(await namesOf(`${tags}?ordering=-name`)).toEqual(fromA);
      expect((await ask(`${tags}?ordering=size`)).status).toBe(400);
    });

    test('is followed page by page to its end, and 404 behind it', async () => {
      const first = (await ask(`${tags}/?page_size=2`)).body;
      const second = (await askHub(first.next, {})).body;

      expect(first).toMatchObject({ count: 3, previous: null });
      expect(second).toMatchObject({ count: 3, next: null, results: [{ name: 'a' }] });
      expect((await ask(`${tags}?page_size=2&page=3`)).status).toBe(404);
    });

    test('is filtered by a part of the name, literally', async () => {
      expect(await namesOf(`${tags}?name=b`)).toEqual(['b']);
      expect(await namesOf(`${tags}?name=%25`)).toEqual([]);
      expect(await namesOf(`${tags}?name=_`)).toEqual([]);
    });

    test('of a repository without tags is empty', async () => {
      await ask('/namespaces/ada/repositories', { json: { name: 'empty' } });

      expect((await ask('/repositories/ada/empty/tags')).body).toEqual({
        count: 0,
        next: null,
        previous: null,
        results: [],
      });
    });
  });

  describe('a deletion', () => {
    const path = '/repositories/ada/deleted/tags';

    test.each(['', '/'])('is answered 204, then 404, with "%s" at the end', async (end) => {
      await pushImage(server, server.ada, 'ada/deleted:old');

      expect((await ask(`${path}/old${end}`, { method: 'DELETE' })).status).toBe(204);
      expect((await ask(`${path}/old${end}`, { method: 'DELETE' })).status).toBe(404);
      expect((await ask(`${path}/old`)).body.message).toContain('not found');
    });

    test('of an immutable tag is refused', async () => {
      await pushImage(server, server.ada, 'ada/deleted:v1');
      await ask('/repositories/ada/deleted/', {
        method: 'PATCH',
        json: { immutable_tags: true, immutable_tags_rules: '^v' },
      });

      const { status, body } = await ask(`${path}/v1`, { method: 'DELETE' });

      expect(status).toBe(403);
      expect(body.detail).toContain('immutable');
      expect((await ask(`${path}/v1`)).status).toBe(200);
    });
  });

  test.each([
    ['a platform that is none', { architecture: ['x'], os: { os: 'linux' }, variant: 7 }],
    ['very long words', { architecture: 'x'.repeat(5_000), os: 'y'.repeat(5_000) }],
    ['a list', []],
  ])('A11 A44 a configuration with %s shows as one for no platform', async (_what, config) => {
    await withRepository('ada/odd', (to) =>
      putImage(to, parseReference('odd'), imageContent(config)),
    );

    const { status, body } = await ask('/repositories/ada/odd/tags/odd');

    expect(status).toBe(200);
    expect(body.images).toMatchObject([{ architecture: 'unknown', os: null, variant: null }]);
  });

  test('nothing of it was unforeseen', () => {
    expect(server.logger.failures).toEqual([]);
  });
});
