import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel';
import { builderErrors } from '../../builder-errors.ts';
import { AttemptLog } from '../../log/attempt-log.ts';
import { createSecretMask } from '../../log/secret-mask.ts';
import {
  openSandboxUnderTest,
  type SandboxUnderTest,
} from '../testing/docker-sandbox-under-test.ts';

const limits = {
  cpus: 1,
  memoryBytes: 1_000_000_000,
  processes: 600,
  diskBytes: 2_000_000_000,
};

describe('A26 what a command tries in vain', () => {
  let under: SandboxUnderTest;
  beforeAll(async () => {
    under = await openSandboxUnderTest({ limits });
  });
  afterAll(() => under[Symbol.asyncDispose]());

  test.each([
    ['reading what the script that started it reads', 'cat /proc/$PPID/fd/0'],
    ['writing a result in the script’s name', 'echo x > /proc/$PPID/fd/1'],
    ['reading the script’s memory', 'head -c 1 /proc/$PPID/mem'],
    ['reading the first process’s environment', 'cat /proc/1/environ'],
    ['leaving through the first process’s root', 'ls /proc/1/root/'],
    ['entering the network that the wall stands in', 'nsenter --net --target 1 true'],
    ['entering the image’s own mounts', 'nsenter --mount --target 1 true'],
    ['putting a file beside the gateway’s socket', 'touch /slipway/gateway/x'],
    ['opening the gateway’s folder', 'chmod 777 /slipway/gateway'],
    ['taking the gateway’s socket away', 'mv /slipway/gateway/gateway.sock /slipway/gateway/x'],
    ['mounting the folder writable', 'mount -o remount,rw,bind /slipway/gateway'],
    ['mounting control groups', 'mount -t cgroup -o memory none /mnt'],
    ['mounting device files', 'mount -t devtmpfs none /mnt'],
    ['mounting the kernel’s debugging files', 'mount -t debugfs none /mnt'],
    ['making a device file', 'mknod /tmp/disk b 254 0'],
    ['attaching a loop device', 'losetup --find --show /etc/passwd'],
    ['reading the kernel’s log', 'dmesg'],
    ['dropping the machine’s caches', 'echo 1 > /proc/sys/vm/drop_caches'],
    ['naming the machine’s modprobe', 'echo /tmp/x > /proc/sys/kernel/modprobe'],
    ['setting the clock', 'date --set 2001-01-01'],
    ['loading a module', 'insmod /dev/null'],
  ])('%s', async (_, line) => {
    const { exitCode } = await under.bash(line);

    expect(exitCode).not.toBe(0);
  });

  test('the names of control groups’ files are not its own in a namespace of its own either', async () => {
    const { exitCode } = await under.bash(
      'unshare --cgroup bash -c "mount -t cgroup -o devices none /mnt && echo a > /mnt/devices.allow"',
    );

    expect(exitCode).not.toBe(0);
  });
});

describe('A42 what a command floods', () => {
  test('its output, without filling the builder’s memory', async () => {
    await using under = await openSandboxUnderTest({ limits });
    const log = new AttemptLog({
      send: async () => undefined,
      mask: createSecretMask(['a secret of some length']),
      clock: systemClock,
      onFailure: () => undefined,
    });
    const phase = log.forPhase('build');
    const before = process.memoryUsage().rss;
    let most = 0;
    const flood =
      "timeout 4 yes 'a line as builds write them, of no special length'; timeout 4 yes ''";

    await under.bash(`${flood}; true`, {
      onOutput: (stream, bytes) => {
        phase.output(stream, bytes);
        most = Math.max(most, process.memoryUsage.rss());
      },
    });

    expect(most - before).toBeLessThan(400_000_000);
  });

  test('processes, which an abort ends soon all the same, and nothing stays behind', async () => {
    await using under = await openSandboxUnderTest({ limits });
    const stop = new AbortController();
    const bomb = under.bash('f() { f | f & }; f; sleep 60', { signal: stop.signal });
    const ended = bomb.catch((error: unknown) => error);
    await under.bash('while (( $(ls -d /proc/[0-9]* | wc -l) < 500 )); do sleep 0.1; done').catch(
      () => undefined, // no room to look is what is waited for
    );
    const began = Date.now();

    stop.abort(new Error('canceled'));
    const outcome = await ended;
    await under[Symbol.asyncDispose]();

    expect(outcome).toEqual(new Error('canceled'));
    expect(Date.now() - began).toBeLessThan(30_000);
  });

  test('the sandbox’s disk with empty files: it notices, the host doesn’t', async () => {
    const small = { ...limits, diskBytes: 300_000_000 };
    await using under = await openSandboxUnderTest({ limits: small });

    const { exitCode, stderr } = await under.bash(
      'mkdir /root/many; cd /root/many; seq 100000 | xargs touch',
    );

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('No space left');
  });
});

describe('what a command breaks', () => {
  test.each([
    ['kills the engine', 'pkill -9 dockerd; sleep 30'],
    ['ends the first process', 'kill -TERM 1; sleep 30'],
  ])('when it %s, the sandbox is lost and told as such', async (_, line) => {
    await using under = await openSandboxUnderTest({ limits });

    const failure = await under.bash(line).catch((error: unknown) => error);

    expect(builderErrors.is(failure) && failure.code).toBe('SANDBOX_LOST');
  });

  test('a signal that is ignored is no way to stay', async () => {
    await using under = await openSandboxUnderTest({ limits });
    const stop = new AbortController();
    const deaf = 'trap "" TERM INT HUP; echo deaf; while :; do sleep 1; done';
    const heard = Promise.withResolvers<void>();

    const ended = under.bash(deaf, { signal: stop.signal, onOutput: () => heard.resolve() });
    await heard.promise;
    stop.abort(new Error('canceled'));

    await expect(ended).rejects.toThrow('canceled');
    expect((await under.bash('pgrep -cf [d]eaf || true')).stdout.trim()).toBe('0');
  });

  test('a pipe where the namespace is looked for holds nobody up beyond an abort', async () => {
    await using under = await openSandboxUnderTest({ limits });
    const file = '/slipway/runtime/dockerd-rootless/child_pid';
    await under.bash(`rm -f ${file}; mkfifo ${file}`);

    const ended = under.bash('echo never', { signal: AbortSignal.timeout(500) });

    await expect(ended).rejects.toThrow(/timeout/i);
  });
});
