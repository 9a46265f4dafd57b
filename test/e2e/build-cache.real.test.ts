import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BuildReport } from '#protocol';
import { connect, owner } from '../scenarios/people.ts';
import { pushBaseImage } from './base-image.ts';
import { type Clients, openClients } from './clients.ts';
import { openProgram, type Program } from './program.ts';
import { endOf, logOf, openProject } from './project.ts';

/** Builds, keeps the cache in the registry alone, and builds again from there. */
const buildsTwice = `#!/bin/bash
set -eu
cache="type=registry,ref=$DOCKER_REPO:cache"
build() { docker buildx build --progress=plain --tag "$IMAGE_NAME" "$@" . 2>&1; }
id() { docker image inspect --format '{{.Id}}' "$IMAGE_NAME"; }
build --cache-to "$cache,mode=max"
first=$(id)
docker image rm --force "$IMAGE_NAME"
docker builder prune --all --force
build --cache-from "$cache"
test "$(id)" = "$first" && echo 'answer: the same image'
docker buildx version
`;

interface Entry {
  readonly mediaType: string;
  readonly digest: string;
}

/** BuildKit before 0.21 writes an index of blobs, and so does the one of our own builder image. */
describe('a registry cache that buildx writes in a hook', () => {
  const opened = new AsyncDisposableStack();
  let program: Program;
  let clients: Clients;
  let build: BuildReport;
  let log: readonly string[];

  beforeAll(async () => {
    program = opened.use(await openProgram());
    clients = opened.use(await openClients(program, owner));
    await pushBaseImage(program, clients);
    const client = await connect(program.serverUrl, owner);
    const project = opened.use(await openProject({ program, client, name: 'cached' }));
    await project.source.commit({
      Dockerfile: 'FROM debian:bookworm\nRUN date > /made\nRUN cat /made > /again\n',
      'hooks/build': buildsTwice,
    });
    const [buildId = 0] = await project.push('HEAD:main');
    build = await endOf(client, buildId);
    log = await logOf(client, buildId);
  });
  afterAll(() => opened.disposeAsync());

  test('is taken, and read again by the next build', () => {
    expect(build.state, log.join('\n')).toBe('success');
    expect(log.join('\n')).toContain('answer: the same image');
  });

  test('is an index whose entries are blobs, each of them there', async () => {
    const { host } = program;
    const name = `${owner.username}/cached`;
    await clients.crane('auth', 'login', host, '-u', owner.username, '-p', owner.password);

    const manifest = await clients.crane('manifest', '--insecure', `${host}/${name}:cache`);

    const { manifests } = JSON.parse(manifest) as { readonly manifests: readonly Entry[] };
    expect(manifests.map(({ mediaType }) => mediaType)).toContain(
      'application/vnd.buildkit.cacheconfig.v0',
    );
    for (const { digest } of manifests) {
      const answer = await fetch(`${program.serverUrl}/v2/${name}/blobs/${digest}`, {
        method: 'HEAD',
        headers: { authorization: `Basic ${btoa(`${owner.username}:${owner.password}`)}` },
      });
      expect(answer.status).toBe(200);
    }
  });
});
