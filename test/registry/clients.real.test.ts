import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClientRunner } from './run-client.ts';
import { setPlatform } from './set-platform.ts';
import {
  startTestRegistry,
  type TestRegistry,
  temporaryFolder,
  tester,
} from './start-test-registry.ts';

/** Real clients against the registry over HTTP: what they send is what counts. */
describe('real clients', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let registry: TestRegistry;
  let run: ReturnType<typeof createClientRunner>;
  let layers: readonly string[];

  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder.path, 'config'));
    registry = await startTestRegistry(folder.path);
    run = createClientRunner(join(folder.path, 'config'));
    layers = [await makeLayer('small', 10_000), await makeLayer('large', 30_000_000)];
  });

  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  /** A tar file that holds one file of random bytes. */
  async function makeLayer(name: string, bytes: number): Promise<string> {
    const content = join(folder.path, name);
    await mkdir(content);
    await writeFile(join(content, `${name}.bin`), randomBytes(bytes));
    const tar = join(folder.path, `${name}.tar`);
    await run('tar', '-cf', tar, '-C', content, '.');
    return tar;
  }

  const image = (name: string) => `${registry.host}/team/${name}`;
  const credential = `${tester.username}:${tester.password}`;

  test('docker logs in, pushes an image of several layers and pulls it again', async () => {
    const name = image('docker:v1');
    const [small = '', large = ''] = layers;
    const dockerfile = 'FROM scratch\nADD small.tar /a\nADD large.tar /b\nCMD ["/a"]\n';
    await writeFile(join(folder.path, 'Dockerfile'), dockerfile);
    await writeFile(join(folder.path, '.dockerignore'), '*\n!small.tar\n!large.tar\n');
    expect([small, large]).toHaveLength(2);

    await run('docker', 'login', registry.host, '-u', tester.username, '-p', tester.password);
    await run('docker', 'build', '-q', '-t', name, folder.path);
    const built = await run('docker', 'image', 'inspect', '-f', '{{.Id}}', name);
    await run('docker', 'push', name);
    await run('docker', 'rmi', name);
    await run('docker', 'pull', name);
    const pulled = await run('docker', 'image', 'inspect', '-f', '{{.Id}}', name);
    await run('docker', 'rmi', name);

    expect(pulled).toBe(built);
  });

  test('docker without a log-in is told to log in', async () => {
    const stranger = createClientRunner(join(folder.path, 'nobody'));

    await expect(stranger('docker', 'pull', image('docker:v1'))).rejects.toThrow(
      /no basic auth credentials/,
    );
  });

  test('docker push of a name without a namespace is told the remedy', async () => {
    const name = `${registry.host}/app:v1`;
    await run('docker', 'login', registry.host, '-u', tester.username, '-p', tester.password);
    await run('docker', 'import', layers[0] ?? '', name);

    const push = run('docker', 'push', name);

    await expect(push).rejects.toThrow('use <namespace>/app instead of app');
    await run('docker', 'rmi', name);
  });

  test('crane pushes, copies, lists, validates and deletes', async () => {
    await loginCrane();
    const source = image('crane:v1');

    await run('crane', 'append', '--insecure', '-f', layers.join(','), '-t', source);
    await run('crane', 'validate', '--insecure', '--remote', source);
    await run('crane', 'cp', '--insecure', source, image('copy:v1'));
    await run('crane', 'tag', '--insecure', image('copy:v1'), 'v2');
    const digest = await run('crane', 'digest', '--insecure', source);
    const copied = await run('crane', 'digest', '--insecure', image('copy:v2'));
    const tags = await run('crane', 'ls', '--insecure', image('copy'));
    await run('crane', 'delete', '--insecure', `${image('copy')}@${digest}`);

    expect(copied).toBe(digest);
    expect(tags.split('\n')).toEqual(['v1', 'v2']);
    expect(await run('crane', 'ls', '--insecure', image('copy'))).toBe('');
  });

  test('an index of several platforms is pushed, copied with skopeo and pulled', async () => {
    await loginCrane();
    const platforms = ['linux/amd64', 'linux/arm64'];
    const parts = await Promise.all(platforms.map((platform) => pushPlatform(platform)));
    const manifests = parts.flatMap((part) => ['-m', part]);

    await run('crane', 'index', 'append', '--insecure', ...manifests, '-t', image('multi:v1'));
    await run(
      'skopeo',
      'copy',
      '--all',
      '--src-tls-verify=false',
      '--src-creds',
      credential,
      '--dest-tls-verify=false',
      '--dest-creds',
      credential,
      `docker://${image('multi:v1')}`,
      `docker://${image('mirror:v1')}`,
    );
    await run('crane', 'validate', '--insecure', '--remote', image('mirror:v1'));
    const index = JSON.parse(await run('crane', 'manifest', '--insecure', image('mirror:v1')));
    await run('docker', 'login', registry.host, '-u', tester.username, '-p', tester.password);
    await run('docker', 'pull', '--platform', 'linux/arm64', image('mirror:v1'));
    const pulled = await run(
      'docker',
      'image',
      'inspect',
      '-f',
      '{{.Architecture}}',
      image('mirror:v1'),
    );
    await run('docker', 'rmi', image('mirror:v1'));

    expect(index.manifests).toHaveLength(2);
    expect(pulled).toBe('arm64');
  });

  test('skopeo copies an image into a folder and back', async () => {
    await loginCrane();
    await run('crane', 'append', '--insecure', '-f', layers[0] ?? '', '-t', image('folder:v1'));
    const directory = `dir:${join(folder.path, 'copied')}`;

    const from = ['--src-tls-verify=false', '--src-creds', credential];
    await run('skopeo', 'copy', ...from, `docker://${image('folder:v1')}`, directory);
    const to = ['--dest-tls-verify=false', '--dest-creds', credential];
    await run('skopeo', 'copy', ...to, directory, `docker://${image('folder:v2')}`);

    const digests = await Promise.all(
      ['v1', 'v2'].map((tag) => run('crane', 'digest', '--insecure', image(`folder:${tag}`))),
    );
    expect(digests[0]).toBe(digests[1]);
  });

  async function loginCrane(): Promise<void> {
    const { username, password } = tester;
    await run('crane', 'auth', 'login', registry.host, '-u', username, '-p', password);
  }

  async function pushPlatform(platform: string): Promise<string> {
    const architecture = platform.slice('linux/'.length);
    const repository = `part-${architecture}`;
    const plain = image(`${repository}:plain`);
    const layer = await makeLayer(`layer-${architecture}`, 50_000);
    await run('crane', 'append', '--insecure', '-f', layer, '-t', plain);
    const name = image(`${repository}:v1`);
    await setPlatform({
      host: registry.host,
      repository: plain.slice(registry.host.length + 1, plain.lastIndexOf(':')),
      from: 'plain',
      to: 'v1',
      platform,
      credential: tester,
    });
    return name;
  }
});
