import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  openSandboxUnderTest,
  type SandboxUnderTest,
} from '../testing/docker-sandbox-under-test.ts';

describe('commands in a sandbox', () => {
  let under: SandboxUnderTest;
  beforeAll(async () => {
    under = await openSandboxUnderTest();
  });
  afterAll(() => under[Symbol.asyncDispose]());

  test('an abort reaches children that left the command’s process group', async () => {
    const controller = new AbortController();
    const line = 'setsid --fork sleep 7201; sleep 7201 & echo begun; sleep 7201';
    const running = under.bash(line, {
      signal: controller.signal,
      onOutput: () => controller.abort(new Error('canceled')),
    });

    await expect(running).rejects.toThrow('canceled');

    expect(await under.bash('pgrep --full --exact "sleep 7201"')).toMatchObject({ exitCode: 1 });
  });

  test('what a command leaves running goes on, and does not hold up its end', async () => {
    const began = performance.now();

    await under.bash('sleep 7202 & echo done');

    expect(performance.now() - began).toBeLessThan(10_000);
    const left = await under.bash('pgrep --full --exact "sleep 7202" && pkill --full "sleep 7202"');
    expect(left.exitCode).toBe(0);
  });

  test('a command that a signal ends has 128 and its number as exit code', async () => {
    expect(await under.bash('kill -TERM $$')).toMatchObject({ exitCode: 143 });
  });

  test('standard output and standard error keep their order', async () => {
    const heard: string[] = [];
    const line = 'for i in 1 2 3 4 5; do echo out; sleep 0.05; echo err >&2; sleep 0.05; done';

    await under.bash(line, { onOutput: (stream) => heard.push(stream) });

    expect(heard).toEqual(Array.from({ length: 5 }, () => ['stdout', 'stderr']).flat());
  });

  test('the environment never stands in an argument vector', async () => {
    const environment = { TOKEN: 'not-for-the-process-list' };

    const { stdout } = await under.bash('cat /proc/[0-9]*/cmdline | tr "\\0" " "', { environment });

    expect(stdout).not.toContain(environment.TOKEN);
  });
});
