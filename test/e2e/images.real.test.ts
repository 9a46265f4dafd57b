import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { SlipwayClient } from '#client';
import { accountOperations, repositoryOperations } from '#protocol';
import { setPlatform } from '../registry/set-platform.ts';
import { connect, owner, reader } from '../scenarios/people.ts';
import { pushBaseImage } from './base-image.ts';
import { type Clients, openClients } from './clients.ts';
import { openProgram, type Program } from './program.ts';
import { endOf, logOf, openProject } from './project.ts';

const execute = promisify(execFile);
const sample = fileURLToPath(new URL('../../examples/sample-service/', import.meta.url));
const versionRule = {
  sourceType: 'tag',
  source: '/^v([0-9.]+)$/',
  dockerTags: String.raw`{\1}`,
} as const;
const indexType = 'application/vnd.oci.image.index.v1+json';

/** The sample is pushed once; what its builds made is then handled by everybody's clients. */
describe('the images of a push', () => {
  const opened = new AsyncDisposableStack();
  let program: Program;
  let clients: Clients;
  let client: SlipwayClient;
  let image: string;

  beforeAll(async () => {
    program = opened.use(await openProgram());
    clients = opened.use(await openClients(program, owner));
    await pushBaseImage(program, clients);
    client = await connect(program.serverUrl, owner);
    image = `${program.host}/${owner.username}/links`;
    for (const tool of [clients.crane, clients.skopeo]) await logIn(tool);
    await buildSample();
  });
  afterAll(() => opened.disposeAsync());

  test('SET-02 SET-38 SET-71 a branch and a tag become two tested images of their own', async () => {
    const { items } = await client.call(repositoryOperations.listTags, {
      params: { namespace: owner.username, name: 'links' },
    });

    expect(items.map(({ tag }) => tag)).toEqual(['1.0.0', 'latest']);
  });

  test('docker pulls and runs them', async () => {
    const reference = `${image}:1.0.0`;
    onTestFinished(async () => void (await clients.docker('image', 'rm', '--force', reference)));

    await clients.docker('pull', '--quiet', reference);
    const version = await clients.docker('run', '--rm', reference, 'cat', '/site/version.json');

    expect(JSON.parse(version)).toMatchObject({ version: 'v1.0.0' });
  });

  test('docker without a log-in may not push', async () => {
    const stranger = { DOCKER_CONFIG: '/nonexistent' };
    const reference = `${image}:stranger`;
    await clients.docker('pull', '--quiet', `${image}:latest`);
    await clients.docker('tag', `${image}:latest`, reference);
    onTestFinished(async () => {
      await clients.docker('image', 'rm', '--force', reference, `${image}:latest`);
    });

    const push = execute('docker', ['push', reference], { env: { ...process.env, ...stranger } });

    await expect(push).rejects.toThrow(/denied|unauthorized|authentication required/);
  });

  test('docker of another user is denied a push', async () => {
    await client.call(accountOperations.createUser, { body: { ...reader } });
    await using other = await openClients(program, reader);
    const reference = `${image}:other`;
    await other.docker('pull', '--quiet', `${image}:latest`);
    await other.docker('tag', `${image}:latest`, reference);
    onTestFinished(async () => {
      await clients.docker('image', 'rm', '--force', reference, `${image}:latest`);
    });

    await expect(other.docker('push', reference)).rejects.toThrow(/denied/);
  });

  test('crane copies with its log-in, into a repository that the copy creates', async () => {
    const copy = `${program.host}/${owner.username}/craned:v1`;

    await clients.crane('cp', '--insecure', `${image}:latest`, copy);

    const digest = await clients.crane('digest', '--insecure', copy);
    expect(digest).toBe(await clients.crane('digest', '--insecure', `${image}:latest`));
  });

  test('skopeo copies with credentials on its command line', async () => {
    const credential = `${owner.username}:${owner.password}`;
    const copy = `docker://${program.host}/${owner.username}/skopied:v1`;
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    const credentials = ['--src-creds', credential, '--dest-creds', credential];
    const source = `docker://${image}:latest`;

    await clients.skopeo('copy', ...plain, ...credentials, source, copy);

    const inspected = await clients.skopeo('inspect', '--tls-verify=false', copy);
    expect(JSON.parse(inspected)).toMatchObject({ Os: 'linux' });
  });

  test('an index for several platforms is pushed and read, platform by platform', async () => {
    const index = `${program.host}/${owner.username}/platforms:v1`;
    const arm = `${program.host}/${owner.username}/platforms:arm`;
    await clients.crane('cp', '--insecure', `${image}:1.0.0`, arm);
    await setPlatform({
      host: program.host,
      repository: `${owner.username}/platforms`,
      from: 'arm',
      to: 'arm',
      platform: 'linux/arm64',
      credential: { kind: 'password', ...owner },
    });
    const parts = ['--manifest', `${image}:latest`, '--manifest', arm];

    await clients.crane('index', 'append', '--insecure', ...parts, '--tag', index);

    const manifest = JSON.parse(await clients.crane('manifest', '--insecure', index)) as {
      readonly mediaType: string;
      readonly manifests: readonly { readonly platform: { readonly architecture: string } }[];
    };
    expect(manifest.mediaType).toBe(indexType);
    expect(manifest.manifests.map(({ platform }) => platform.architecture)).toContain('arm64');
    await clients.crane('validate', '--insecure', '--remote', index);
  });

  async function logIn(tool: Clients['crane']): Promise<void> {
    const names = ['--username', owner.username, '--password', owner.password];
    if (tool === clients.crane) await tool('auth', 'login', program.host, ...names);
    else await tool('login', '--tls-verify=false', program.host, ...names);
  }

  async function buildSample(): Promise<void> {
    const rules = [{ source: 'main', dockerTags: 'latest' }, versionRule];
    const project = opened.use(await openProject({ program, client, name: 'links', rules }));
    await cp(sample, project.source.folder, { recursive: true });
    await project.source.commit({});
    await project.source.git('tag', 'v1.0.0');
    const builds = await project.push('HEAD:main', 'v1.0.0');
    expect(builds).toHaveLength(2);
    for (const id of builds) {
      const { state } = await endOf(client, id);
      expect(state, (await logOf(client, id)).join('\n')).toBe('success');
    }
  }
});
