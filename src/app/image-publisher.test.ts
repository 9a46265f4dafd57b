import { expect, test } from 'vitest';
import { makePostgresDatabase, testDialects } from '#platform/db/testing';
import { type Assignment, repositoryOperations } from '#protocol';
import { imageContent } from '#transfer';
import { makeBuildable } from './testing/buildable-repository.ts';
import { clusterEnvironment } from './testing/cluster-environment.ts';
import { pushSource } from './testing/source-push.ts';
import { startBuild } from './testing/started-build.ts';
import { connectBuilder, type TestBuilder } from './testing/test-builder.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const name = 'ada/app';

test.each(testDialects)(
  'AUT-07 the newest build keeps the tag in %s, also when it gave the digest that was there already',
  async (dialect) => {
    await using started = new AsyncDisposableStack();
    const database = dialect === 'postgres' ? started.use(await makePostgresDatabase()) : undefined;
    const environment = database && clusterEnvironment(database.url);
    const server = started.use(await startTestServer({ ...(environment && { environment }) }));
    await makeBuildable(server, 'app');
    const builder = started.use(connectBuilder(server, { slots: 3 }));
    const [a, b, c] = [
      await nextBuild(server, builder, 'a'),
      await nextBuild(server, builder, 'b'),
      await nextBuild(server, builder, 'c'),
    ];

    const digest = await pushLatest(server, a, 'what A and C give');
    await builder.attempt(a).publish();
    await pushLatest(server, c, 'what A and C give');
    const newest = await builder.attempt(c).publish();
    await pushLatest(server, b, 'what B gives');
    const late = await builder.attempt(b).publish();

    const message = `latest not moved: build ${c.buildId} is newer`;
    expect(newest.tags).toMatchObject([{ tag: 'latest', digest, outcome: 'moved' }]);
    expect(late.tags).toMatchObject([{ tag: 'latest', outcome: 'outdated', message }]);
    const params = { namespace: 'ada', name: 'app' };
    const tags = await server.ada.client.call(repositoryOperations.listTags, { params });
    expect(tags.items).toMatchObject([{ tag: 'latest', digest }]);
  },
);

/** Builds a commit that no other mark has; gives it to the builder. */
async function nextBuild(
  server: TestServer,
  builder: TestBuilder,
  mark: string,
): Promise<Assignment> {
  const refs = ['refs/heads/main', `refs/heads/${mark}`];
  await pushSource(server, server.ada, { name, refs });
  await startBuild(server, 'app');
  return (await builder.next('assignment')).assignment;
}

/** Pushes an image as the attempt does; the same one for the same text. */
async function pushLatest({ url }: TestServer, { token }: Assignment, made: string) {
  const { manifest, blobs } = imageContent({ made });
  const send = async (method: string, path: string, body: Uint8Array, type: string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const address = `${url}/v2/${name}/${path}`;
    const answer = await fetch(address, { method, headers, body: Buffer.from(body) });
    expect(answer.status).toBe(201);
  };
  for (const { descriptor, bytes } of blobs) {
    const path = `blobs/uploads/?digest=${descriptor.digest}`;
    await send('POST', path, bytes, 'application/octet-stream');
  }
  const { descriptor, bytes } = manifest;
  await send('PUT', 'manifests/latest', bytes, descriptor.mediaType);
  return descriptor.digest;
}
