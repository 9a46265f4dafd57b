import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type DockerCli, DockerFailure } from './docker-cli.ts';
import { removeSandbox } from './sandbox-remover.ts';

/** What `docker …` says, by its first two words; an `Error` is a failure. */
function engine(answers: Readonly<Record<string, string | Error>>) {
  const asked: string[] = [];
  const docker: Pick<DockerCli, 'call'> = {
    call: async (args) => {
      const [verb = '', noun = ''] = args;
      const words = verb === 'ps' || verb === 'rm' ? verb : `${verb} ${noun}`;
      asked.push(words);
      const answer = answers[words] ?? '';
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { docker: docker as DockerCli, asked };
}

async function folderOfSandbox() {
  const root = await mkdtemp(join(tmpdir(), 'slipway-r-'));
  const folder = join(root, 'sandbox');
  await mkdir(folder);
  const isThere = () =>
    access(folder).then(
      () => true,
      () => false,
    );
  const dispose = () => rm(root, { recursive: true, force: true });
  return { folder, isThere, [Symbol.asyncDispose]: dispose };
}

test('a sandbox whose parts are gone already is removed', async () => {
  await using place = await folderOfSandbox();
  const { docker } = engine({
    'network rm': new DockerFailure('Error response from daemon: network slipway-1-1 not found'),
    'volume rm': new DockerFailure('Error response from daemon: get slipway-1-1: no such volume'),
  });

  expect(await removeSandbox(docker, { id: '1-1', folder: place.folder })).toEqual([]);
  expect(await place.isThere()).toBe(false);
});

test.each([
  'Cannot connect to the Docker daemon at unix:///run/docker.sock. Is the docker daemon running?',
  'failed to connect to the docker API at unix:///run/docker.sock: dial unix /run/docker.sock: connect: no such file or directory',
])('an engine that is away has removed nothing, whatever its client says: %s', async (words) => {
  await using place = await folderOfSandbox();
  const { docker, asked } = engine({ ps: new DockerFailure(words) });

  expect(await removeSandbox(docker, { id: '1-1', folder: place.folder })).toEqual([words]);
  expect(asked).toEqual(['ps']);
  expect(await place.isThere()).toBe(true);
});

test('an engine that goes away in the middle has removed nothing more', async () => {
  await using place = await folderOfSandbox();
  const words = 'dial unix /run/docker.sock: connect: no such file or directory';
  const { docker } = engine({ ps: 'c0ffee', rm: new DockerFailure(words) });

  expect(await removeSandbox(docker, { id: '1-1', folder: place.folder })).toEqual([words]);
  expect(await place.isThere()).toBe(true);
});

test('a disk that something still uses stays, with its folder', async () => {
  await using place = await folderOfSandbox();
  const busy = 'Error response from daemon: remove slipway-1-1: volume is in use';
  const { docker } = engine({ ps: 'c0ffee', 'volume rm': new DockerFailure(busy) });

  expect(await removeSandbox(docker, { id: '1-1', folder: place.folder })).toEqual([busy]);
  expect(await place.isThere()).toBe(true);
});
