import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  openSandboxUnderTest,
  type SandboxUnderTest,
} from '../testing/docker-sandbox-under-test.ts';

const execute = promisify(execFile);

describe('the state of a sandbox that everything else rests on', () => {
  let under: SandboxUnderTest;
  beforeAll(async () => {
    under = await openSandboxUnderTest();
  });
  afterAll(() => under[Symbol.asyncDispose]());

  test('a command is root of a namespace in which only that root is the host’s uid 1000', async () => {
    const { stdout } = await under.bash('id -u; cat /proc/self/uid_map');

    const [uid, ...map] = stdout.trim().split('\n');
    expect(uid).toBe('0');
    expect(map.map((line) => line.trim().split(/\s+/).map(Number))).toEqual([
      [0, 1_000, 1],
      [1, 100_000, 65_536],
    ]);
  });

  test('on the host no process of the sandbox belongs to root', async () => {
    const running = under.bash('sleep 7200');
    const lost = running.catch(() => undefined);
    const pids = await pidsOf(under.container, 'sleep 7200');

    const uids = await Promise.all(pids.map(uidOf));

    expect(pids.length).toBeGreaterThan(3);
    expect(uids.filter((uid) => uid !== 1_000 && uid < 100_000)).toEqual([]);
    await under.bash('pkill --exact sleep');
    await lost;
  });

  test('the container may set uids and gids and has no other capability', async () => {
    const { stdout } = await execute('docker', ['exec', under.container, 'cat', '/proc/1/status']);

    expect(stdout).toMatch(/^CapBnd:\t00000000000000c0$/m);
    expect(stdout).toMatch(/^CapEff:\t0000000000000000$/m);
  });

  test('nothing in it is SUID or SGID', async () => {
    const found = await under.bash(
      'find / -xdev \\( -perm -4000 -o -perm -2000 \\) -type f; find /usr /var /opt -xdev \\( -perm -4000 -o -perm -2000 \\) -type f',
    );

    expect(found.stdout).toBe('');
  });

  test('commands are under seccomp and can gain no privileges', async () => {
    const { stdout } = await under.bash('grep -E "^(Seccomp|NoNewPrivs):" /proc/self/status');

    expect(stdout).toBe('NoNewPrivs:\t1\nSeccomp:\t2\n');
  });

  test.each([
    ['/proc/sys/kernel/core_pattern'],
    ['/proc/sysrq-trigger'],
    ['/sys/fs/cgroup/memory/release_agent'],
    ['/sys/kernel/uevent_helper'],
  ])('writing to %s is refused', async (file) => {
    const { exitCode } = await under.bash(`echo '|/tmp/x' > ${file}`);

    expect(exitCode).not.toBe(0);
  });

  test('keyrings are answered as by a kernel without them', async () => {
    const { stdout } = await under.bash(
      'python3 -c "import ctypes; c = ctypes.CDLL(None, use_errno=True); c.syscall(250, 0, -3, 0); print(ctypes.get_errno())"',
    );

    expect(stdout).toBe('38\n');
  });

  test('nothing is written to the engine’s own disk', async () => {
    await under.bash('dd if=/dev/zero of=/usr/share/large bs=1M count=64 status=none');

    const format = ['--size', '--format', '{{.SizeRw}}'];
    const { stdout } = await execute('docker', ['inspect', ...format, under.container]);
    expect(Number(stdout)).toBeLessThan(100_000);
  });
});

/** Waits until a process with these arguments runs, then gives all of the container. */
async function pidsOf(container: string, wanted: string): Promise<readonly number[]> {
  for (;;) {
    const { stdout } = await execute('docker', ['top', container, '-eo', 'pid,args']);
    const lines = stdout.trim().split('\n').slice(1);
    if (lines.some((line) => line.endsWith(wanted)))
      return lines.map((line) => Number.parseInt(line, 10));
  }
}

async function uidOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^Uid:\t(\d+)/m.exec(status)?.[1]);
}
