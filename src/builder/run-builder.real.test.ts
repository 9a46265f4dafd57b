import { expect, test } from 'vitest';
import { createDockerExecutor } from './executors/docker/docker-executor.ts';
import { ProtocolServer } from './testing/protocol-server.ts';
import { startBuilder } from './testing/running-builder.ts';

/** A file system with a shell, made from the builder image's own, so that no registry is needed. */
const makeRootfs = `#!/bin/bash
set -e
mkdir -p rootfs/bin rootfs/lib64 rootfs/tmp
cp /bin/bash rootfs/bin/bash
ln -s bash rootfs/bin/sh
for library in $(ldd /bin/bash | grep -o '/[^ ]*'); do cp --parents "$library" rootfs; done
`;

const service = {
  Dockerfile: 'FROM scratch\nCOPY rootfs /\nRUN ["/bin/sh", "-c", "echo made > /made"]\n',
  'hooks/post_checkout': makeRootfs,
};

async function run(
  files: Readonly<Record<string, string>>,
  changes: Parameters<ProtocolServer['assignment']>[1] = {},
) {
  const server = await ProtocolServer.open();
  const builder = await startBuilder(server, { executor: createDockerExecutor() });
  const commit = await server.git.commit(files);
  await server.git.git('tag', 'v1.2');
  await server.connection();
  server.send({ type: 'assignment', assignment: server.assignment(commit, changes) });
  const record = server.record('7-1');
  const verdict = await record.finished.promise;
  return {
    verdict,
    record,
    server,
    [Symbol.asyncDispose]: async () => {
      await builder[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('AUT-10 AUT-11 LNK-07 LNK-09 a source with hooks and tests becomes images', async () => {
  await using attempt = await run(
    {
      ...service,
      'hooks/post_push': `#!/bin/sh
set -ex
git fetch --unshallow origin || true
test "$(git describe --tags)" = v1.2
test "$(git rev-parse --abbrev-ref HEAD)" = main
test "$(git rev-list --count HEAD)" = 1
docker tag $IMAGE_NAME $DOCKER_REPO:$SOURCE_COMMIT
docker push $DOCKER_REPO:$SOURCE_COMMIT
`,
      'docker-compose.test.yml': `services:
  sut:
    image: this
    command: ["/bin/sh", "-c", "read word < /made; test $$word = made"]
  unused:
    build: ./not-there
`,
    },
    { tags: ['latest', 'second'] },
  );

  expect(attempt.record.text).toContain('Build finished');
  expect(attempt.verdict).toEqual({ outcome: 'success' });
  const tags = attempt.server.registry.tags('myorg/app');
  expect(tags).toEqual(['latest', 'second', attempt.record.lines.length > 0 ? tags[2] : '']);
  expect(tags[2]).toMatch(/^[0-9a-f]{40}$/);
});

test('AUT-12 AUT-13 a test that fails ends the build, and nothing is pushed', async () => {
  await using attempt = await run({
    ...service,
    'docker-compose.test.yml': `sut:
  build: .
  command: ["/bin/sh", "-c", "echo about to fail; exit 42"]
`,
  });

  expect(attempt.record.text).toContain('about to fail');
  expect(attempt.verdict).toMatchObject({ outcome: 'failed', reason: 'test_failed', exitCode: 42 });
  expect(attempt.server.registry.tags('myorg/app')).toEqual([]);
});

test('SET-76 DOCKER_BUILDKIT=0 picks the legacy builder', async () => {
  await using attempt = await run(service, { variables: { DOCKER_BUILDKIT: '0' } });

  expect(attempt.record.text).toContain('Step 1/');
  expect(attempt.verdict).toEqual({ outcome: 'success' });
  expect(attempt.server.registry.tags('myorg/app')).toEqual(['latest']);
});
