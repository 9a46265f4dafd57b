import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  clusterEnvironment,
  connectBuilder,
  logIn,
  type Person,
  pushImage,
  pushSource,
  type ServeProcess,
  startBuild,
  startServeProcess,
  temporaryFolder,
  testPassword,
} from '#app/testing';
import { buildConfigurationOperations, buildOperations, repositoryOperations } from '#protocol';
import {
  type PostgresCluster,
  startPostgresCluster,
} from '../../tools/setup/start-postgres-cluster.ts';

const builderToken = 'a-builder-token-for-tests-long-enough';

let stack: AsyncDisposableStack;
let cluster: PostgresCluster;
let server: ServeProcess;
let admin: Person;
/** What the writers were told, by status; and the tags that were acknowledged. */
let statuses: Map<number, number>;
let kept: Set<string>;
let problems: string[];

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  cluster = stack.use(await startPostgresCluster());
  const folder = stack.use(await temporaryFolder());
  server = stack.use(
    await startServeProcess({
      data: folder.path,
      environment: {
        ...clusterEnvironment(cluster.url),
        SLIPWAY_ADMIN_USERNAME: 'admin',
        SLIPWAY_ADMIN_PASSWORD: testPassword,
        SLIPWAY_BUILDER_TOKEN: builderToken,
      },
    }),
  );
  await server.ready();
  admin = await logIn(server.url, 'admin');
  [statuses, kept, problems] = [new Map(), new Set(), []];
}, 60_000);
afterEach(() => stack.disposeAsync());

const readiness = async () => (await fetch(`${server.url}/readyz`)).status;
const params = { namespace: 'admin', name: 'app' };

/** Puts one image under ever more tags; counts what it is told. */
async function pushTags(writer: number, image: Image, isOver: () => boolean): Promise<void> {
  const { url } = server;
  for (let number = 0; !isOver(); number += 1) {
    const tag = `w${writer}-${number}`;
    const answer = await fetch(`${url}/v2/admin/app/manifests/${tag}`, {
      method: 'PUT',
      headers: { authorization: admin.basic, 'content-type': image.mediaType },
      body: image.manifest,
    });
    await note(answer);
    if (answer.status === 201) kept.add(tag);
  }
}

/** Saves a configuration over and over, and asks for what is planned. */
async function useApi(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await note(
      await fetch(`${server.url}/api/v1/repositories/admin/app`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${admin.session}`, 'content-type': 'application/json' },
        body: JSON.stringify({ description: `at ${performance.now()}` }),
      }),
    );
  }
}

async function note(answer: Response): Promise<void> {
  const { status } = answer;
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const body = await answer.text();
  const mayBe = [200, 201, 503].includes(status);
  if (!mayBe) problems.push(`${status}: ${body}`);
  if (status === 503 && !/^[1-9]/.test(answer.headers.get('retry-after') ?? '')) {
    problems.push(`503 without Retry-After: ${body}`);
  }
}

interface Image {
  readonly manifest: string;
  readonly mediaType: string;
}

async function makeRepository(): Promise<Image> {
  await admin.client.call(repositoryOperations.create, { body: { name: 'admin/app' } });
  const rules = [{ source: 'main', dockerTags: 'built', autobuild: false }];
  await admin.client.call(buildConfigurationOperations.save, { params, body: { rules } });
  await pushSource(server, admin, { name: 'admin/app', refs: ['refs/heads/main'] });
  const digest = await pushImage(server, admin, 'admin/app:first');
  const answer = await fetch(`${server.url}/v2/admin/app/manifests/${digest}`, {
    headers: { authorization: admin.basic, accept: '*/*' },
  });
  return { manifest: await answer.text(), mediaType: answer.headers.get('content-type') ?? '' };
}

test('a PostgreSQL that is restarted, and one that is killed, under load loses nothing acknowledged', async () => {
  const image = await makeRepository();
  let isOver = false;
  const writers = [1, 2, 3, 4].map((writer) => pushTags(writer, image, () => isOver));
  const writing = Promise.all([...writers, useApi(() => isOver)]);
  const moreKept = async () => {
    const before = kept.size;
    await expect.poll(() => kept.size, { timeout: 60_000 }).toBeGreaterThan(before + 20);
  };

  const readinesses: number[] = [];
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    await moreKept();
    await cluster.stop(signal);
    readinesses.push(await readiness());
    await expect.poll(() => statuses.get(503) ?? 0, { timeout: 60_000 }).toBeGreaterThan(0);
    await cluster.start();
    await expect.poll(readiness, { timeout: 60_000 }).toBe(200);
  }
  await moreKept();
  isOver = true;
  await writing;

  expect(problems).toEqual([]);
  expect(readinesses).toEqual([503, 503]);
  const { items } = await listTags();
  expect([...kept].filter((tag) => !items.has(tag))).toEqual([]);

  await expect.poll(listeners, { timeout: 60_000 }).toBe(1);
  await using builder = connectBuilder({ url: server.url, builderToken });
  await builder.next('welcome');
  const buildId = await startBuild({ ada: admin }, 'app');
  const { assignment } = await builder.next('assignment');
  await builder.attempt(assignment).finish({ outcome: 'success' });
  expect(await admin.client.call(buildOperations.show, { params: { buildId } })).toMatchObject({
    state: 'success',
  });
}, 240_000);

/** Connections on which somebody waits for what other servers tell. */
async function listeners(): Promise<number> {
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  const { rows } = await client.query("select 1 from pg_stat_activity where query ~ '^listen'");
  await client.end();
  return rows.length;
}

async function listTags(): Promise<{ readonly items: ReadonlySet<string> }> {
  const answer = await fetch(`${server.url}/v2/admin/app/tags/list`, {
    headers: { authorization: admin.basic },
  });
  const { tags } = (await answer.json()) as { readonly tags: readonly string[] };
  return { items: new Set(tags) };
}
