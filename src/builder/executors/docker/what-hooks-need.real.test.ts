import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  openSandboxUnderTest,
  type SandboxUnderTest,
} from '../testing/docker-sandbox-under-test.ts';
import { makeBaseImage } from './image/base-image.ts';

const extraCaFile = process.env['NODE_EXTRA_CA_CERTS'];

describe('what hooks of real repositories rely on', () => {
  let under: SandboxUnderTest;
  beforeAll(async () => {
    under = await openSandboxUnderTest();
    const base = await makeBaseImage({
      suite: 'bookworm',
      cacheFolder: join(homedir(), '.cache/slipway'),
      progress: () => undefined,
      signal: new AbortController().signal,
      ...(extraCaFile === undefined ? {} : { extraCaFile }),
    });
    const changes = base.changes.map((change) => `--change '${change}'`).join(' ');
    const input = await readFile(base.archive);
    await must(under, `docker import ${changes} - debian:bookworm`, input);
    // An engine's first container takes long to start, and Docker gives its last output 2 seconds.
    await must(under, 'docker run --rm debian:bookworm true');
  });
  afterAll(() => under[Symbol.asyncDispose]());

  test('packages can be installed', async () => {
    const { stdout } = await must(
      under,
      'apt-get update -qq && apt-get install -qq hello && hello',
    );

    expect(stdout).toContain('Hello, world!');
  });

  test('the tools that hooks call are there', async () => {
    const tools = 'bash sh python3 curl wget git jq make perl unzip xz gpg envsubst file bc ps ssh';

    await must(under, `for tool in ${tools}; do command -v $tool; done; git lfs version`);
  });

  test('compose answers under both of its names', async () => {
    const { stdout } = await must(
      under,
      'docker-compose version --short; docker compose version --short',
    );

    const [old, current] = stdout.trim().split('\n');
    expect(old).toBe(current);
  });

  test('SET-75 a build is BuildKit’s by default and may mount a cache', async () => {
    await must(
      under,
      project('kit', 'FROM debian:bookworm\nRUN --mount=type=cache,target=/c echo kit > /made'),
    );

    const { stdout } = await must(
      under,
      'docker build -q -t kit kit && docker cp "$(docker create kit)":/made - | tar -xO',
    );

    expect(stdout).toContain('kit\n');
  });

  test('SET-76 the legacy builder still builds', async () => {
    await must(under, project('old', 'FROM debian:bookworm\nRUN echo old > /made'));

    const { stdout } = await must(
      under,
      'DOCKER_BUILDKIT=0 docker build -t old old && docker cp "$(docker create old)":/made - | tar -xO',
    );

    expect(stdout).toContain('Step 1/2');
    expect(stdout).toContain('old\n');
  });

  test('packages can be installed in a build', async () => {
    await must(
      under,
      project(
        'apt',
        'FROM debian:bookworm\nRUN apt-get update -qq && apt-get install -qq hello && hello',
      ),
    );

    await must(under, 'docker build -t apt apt');
  });

  test('a single image stays a single image: no attestations by default', async () => {
    await must(under, project('single', 'FROM scratch\nCOPY Dockerfile /'));

    const { stdout } = await must(
      under,
      'docker build -q -t single single >&2; docker save single | tar --extract --to-stdout index.json',
    );

    const index = JSON.parse(stdout) as { manifests: { mediaType: string }[] };
    expect(index.manifests.map((manifest) => manifest.mediaType)).toEqual([
      expect.stringMatching(/\.manifest\.v[12]\+json$/),
    ]);
  });

  test('services of compose reach each other, and their exit code comes out', async () => {
    const compose = `services:
  web: { image: "debian:bookworm", command: ["perl", "-MIO::Socket", "-e", "$$s=IO::Socket::INET->new(LocalPort=>80,Listen=>5); while(1){$$c=$$s->accept;print $$c qq(up\\n);close $$c}"] }
  sut: { image: "debian:bookworm", depends_on: [web], command: ["bash", "-c", "for i in 1 2 3 4 5 6 7 8 9; do read -r l < /dev/tcp/web/80 && break; sleep 0.3; done; test $$l = up && exit 42"] }
`;
    await must(under, 'mkdir compose; cat > compose/docker-compose.test.yml', Buffer.from(compose));

    const { exitCode } = await under.bash(
      'docker compose -f compose/docker-compose.test.yml up --timeout 1 --exit-code-from sut',
    );

    expect(exitCode).toBe(42);
  });

  test('a published port answers on localhost', async () => {
    await must(
      under,
      `docker run -d --name web -p 8080:80 debian:bookworm ${perlServer('published')}`,
    );

    const { stdout } = await must(
      under,
      'curl -s --retry 5 --retry-connrefused --retry-delay 1 --http0.9 localhost:8080',
    );

    expect(stdout).toBe('published\n');
  });

  test('containers may mount the socket of the engine, under its usual path', async () => {
    const mounts = '-v /var/run/docker.sock:/var/run/docker.sock -v /usr:/usr -v /lib64:/lib64';

    const { stdout } = await must(
      under,
      `docker run --rm ${mounts} debian:bookworm docker version -f '{{.Server.Os}}'`,
    );

    expect(stdout).toBe('linux\n');
  });

  test('containers see the checkout under the path that the hook sees', async () => {
    await must(under, 'echo here > /workspace/file');

    const { stdout } = await must(
      under,
      'docker run --rm -v "$(pwd)":/app debian:bookworm cat /app/file',
    );

    expect(stdout).toBe('here\n');
  });

  test('a privileged container runs and gains nothing', async () => {
    const probe = 'id -u; echo x > /proc/sys/kernel/core_pattern || echo refused';

    const { stdout } = await must(
      under,
      `docker run --rm --privileged debian:bookworm bash -c '${probe}'`,
    );

    expect(stdout).toBe('0\nrefused\n');
  });

  test('the whole file system and all capabilities give a container nothing of the host', async () => {
    const probe = 'echo x > /host/proc/sys/kernel/core_pattern || echo refused; ls /host/workspace';

    const { stdout } = await must(
      under,
      `touch /workspace/mine; docker run --rm --cap-add ALL -v /:/host debian:bookworm bash -c '${probe}'`,
    );

    expect(stdout).toContain('refused\n');
    expect(stdout).toContain('mine\n');
  });

  test('A25 a build that asks for the host’s network gets the sandbox’s, and no rights with it', async () => {
    const steps = [
      'RUN readlink /proc/self/ns/net > /found',
      'RUN (echo x > /proc/sys/kernel/core_pattern) 2>/dev/null || echo refused >> /found',
    ];
    await must(under, project('host', ['FROM debian:bookworm', ...steps].join('\n')));

    const built = 'docker build -q --network host -t host host > /dev/null';
    const found = 'docker cp "$(docker create host)":/found - | tar -xO';
    const { stdout } = await must(under, `readlink /proc/self/ns/net && ${built} && ${found}`);

    const [own, network, rights] = stdout.trim().split('\n');
    expect([network, rights]).toEqual([own, 'refused']);
  });

  test('A25 a build step without BuildKit’s own walls is refused', async () => {
    await must(under, project('insecure', 'FROM debian:bookworm\nRUN --security=insecure true'));

    const { exitCode, stdout, stderr } = await under.bash('docker build insecure');

    expect(exitCode).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/security/);
  });

  test('A27 another attempt’s engine has nothing of this one’s: no image, no volume, no cache', async () => {
    await must(under, 'docker volume create kept');
    const count = "docker system df --format '{{.Type}}: {{.TotalCount}}'";
    const own = await must(under, count);
    await using other = await openSandboxUnderTest();

    const { stdout } = await must(other, count);

    expect(own.stdout).toMatch(/Images: [1-9]/);
    expect(own.stdout).toMatch(/Local Volumes: [1-9]/);
    expect(stdout.match(/: \d+/g)).toEqual([': 0', ': 0', ': 0', ': 0']);
  });

  test('emulators can be registered', async () => {
    await must(
      under,
      'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc && test -w /proc/sys/fs/binfmt_misc/register',
    );
  });
});

/** Runs a line that has to succeed. */
async function must(under: SandboxUnderTest, line: string, input?: Uint8Array) {
  const transcript = await under.bash(line, input === undefined ? {} : { input });
  expect(transcript, `${transcript.stdout}\n${transcript.stderr}`).toMatchObject({ exitCode: 0 });
  return transcript;
}

function project(name: string, dockerfile: string): string {
  return `mkdir -p ${name} && printf '%s\\n' '${dockerfile.replaceAll('\n', "' '")}' > ${name}/Dockerfile`;
}

function perlServer(word: string): string {
  return `perl -MIO::Socket -e '$s=IO::Socket::INET->new(LocalPort=>80,Listen=>5); while(1){$c=$s->accept;print $c qq(${word}\\n);close $c}'`;
}
