import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxLimits } from '../../executor.ts';
import {
  openSandboxUnderTest,
  type SandboxUnderTest,
} from '../testing/docker-sandbox-under-test.ts';

const megabyte = 1_000_000;

const limits: SandboxLimits = {
  cpus: 0.5,
  memoryBytes: 300 * megabyte,
  processes: 200,
  diskBytes: 300 * megabyte,
};

describe('limits of a sandbox', () => {
  let under: SandboxUnderTest;
  beforeAll(async () => {
    under = await openSandboxUnderTest({ limits });
  });
  afterAll(() => under[Symbol.asyncDispose]());

  test('a command that takes more memory than there is is killed, and the reason is named', async () => {
    const result = await under.bash('exec python3 -c "x = bytearray(600_000_000)"');

    expect(result).toMatchObject({ exitCode: 137, outOfMemory: true, outOfDisk: false });
  });

  test('memory that its engine’s containers take counts as well', async () => {
    const line =
      'tar -c --files-from /dev/null | docker import - empty; docker run --rm -v /usr:/usr -v /lib64:/lib64 -v /lib:/lib empty /usr/bin/python3 -c "x = bytearray(600_000_000)"';

    expect(await under.bash(line)).toMatchObject({ outOfMemory: true });
  });

  test('the next command starts with a clean slate', async () => {
    const result = await under.bash('true');

    expect(result).toMatchObject({ exitCode: 0, outOfMemory: false, outOfDisk: false });
  });

  test('more processes than allowed can’t be made', async () => {
    const program = [
      'import subprocess, sys',
      'children = []',
      'try:',
      '    for _ in range(300): children.append(subprocess.Popen(["sleep", "60"]))',
      'except BlockingIOError as error: print(error)',
      'for child in children: child.kill()',
    ];

    const { stdout } = await under.bash('exec python3 -', {
      input: Buffer.from(program.join('\n')),
    });

    expect(stdout).toMatch(/Resource temporarily unavailable/);
  });

  test.each(['/workspace', '/usr/share', '/tmp'])('a full disk is named: in %s', async (folder) => {
    const result = await under.bash(`dd if=/dev/zero of=${folder}/large bs=1M status=none`);

    expect(result).toMatchObject({ exitCode: 1, outOfDisk: true, outOfMemory: false });
    expect(result.stderr).toContain('No space left on device');
    await under.bash(`rm ${folder}/large`);
  });
});

describe('a disk limit that only a watcher keeps', () => {
  let under: SandboxUnderTest;
  beforeAll(async () => {
    under = await openSandboxUnderTest({ limits, executor: { diskLimit: 'watched' } });
  });
  afterAll(() => under[Symbol.asyncDispose]());

  test('what runs when it is passed is killed, and the reason is named', async () => {
    const fill = 'dd if=/dev/zero of=/workspace/large bs=1M count=400 status=none; sleep 600';

    const result = await under.bash(fill);

    expect(result).toMatchObject({ exitCode: 137, outOfDisk: true, outOfMemory: false });
  });
});
