import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '#platform/http/testing';
import { connect, owner } from '../scenarios/people.ts';
import { pushBaseImage } from './base-image.ts';
import { openClients } from './clients.ts';
import { openProgram } from './program.ts';
import { endOf, logOf, openProject, type Project } from './project.ts';

const execute = promisify(execFile);
const checkout = fileURLToPath(new URL('../..', import.meta.url));

test('AUT-03 SET-02 this repository, pushed, becomes a tested image that starts and gets ready', async () => {
  await using program = await openProgram();
  await using clients = await openClients(program, owner);
  await pushBaseImage(program, clients);
  const client = await connect(program.serverUrl, owner);
  await using project = await openProject({ program, client, name: 'slipway' });
  const commit = await commitOfTree(project);

  const [id = 0] = await project.push(`${commit}:refs/heads/main`);
  const build = await endOf(client, id);

  expect(build, (await logOf(client, id)).slice(-40).join('\n')).toMatchObject({
    state: 'success',
  });
  const phases = build.attemptList[0]?.phases.map(({ name }) => name);
  expect(phases).toEqual(['clone', 'build', 'test', 'push', 'publish']);
  const image = `${program.host}/${project.name}:latest`;
  onTestFinished(async () => void (await clients.docker('image', 'rm', '--force', image)));
  expect(await digestOf(clients.docker, image)).toBe(build.attemptList[0]?.published[0]?.digest);
  expect(await readiness(clients.docker, image)).toEqual({
    status: 200,
    body: '{"status":"ok","components":{}}',
  });
});

/** The tree of this checkout as a commit of its own: history that a clone left out can't be pushed. */
async function commitOfTree({ source }: Project): Promise<string> {
  await source.git('fetch', '--quiet', '--depth', '1', `file://${checkout}`, 'HEAD');
  return source.git('commit-tree', 'FETCH_HEAD^{tree}', '-m', 'This repository');
}

async function digestOf(docker: (...words: string[]) => Promise<string>, image: string) {
  await docker('pull', '--quiet', image);
  const reference = await docker('image', 'inspect', '--format', '{{index .RepoDigests 0}}', image);
  return reference.split('@')[1];
}

/** Starts the image and asks it until it is ready. */
async function readiness(docker: (...words: string[]) => Promise<string>, image: string) {
  const port = await freePort();
  const environment = ['SLIPWAY_ADMIN_USERNAME=ada', 'SLIPWAY_ADMIN_PASSWORD=a long password'];
  const options = ['--detach', '--publish', `127.0.0.1:${port}:5000`];
  const variables = environment.flatMap((variable) => ['--env', variable]);
  const container = await docker('run', ...options, ...variables, image);
  onTestFinished(
    async () => void (await execute('docker', ['rm', '--force', '--volumes', container])),
  );
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return { status: answer.status, body: await answer.text() };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(await docker('logs', container));
}
