import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { OutputStream } from '#kernel';
import { runCommand } from './run-command.ts';

const never = new AbortController().signal;
const signs = { id: '7-1', isAlive: async () => true, engineLog: async () => 'level=fatal' };
const result = { exitCode: 3, outOfMemory: false, outOfDisk: false };

/** The image's program, as far as an executor sees it. */
function playProgram() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const end = Promise.withResolvers<number>();
  const kill = vi.fn<() => void>(() => end.resolve(137));
  return { stdin, stdout, stderr, ended: end.promise, kill, end: end.resolve };
}

function frame(kind: number, payload: string): Buffer {
  const head = Buffer.from([kind, 0, 0, 0, Buffer.byteLength(payload)]);
  return Buffer.concat([head, Buffer.from(payload)]);
}

function start(sandbox = signs, signal = never) {
  const program = playProgram();
  const heard: [OutputStream, string][] = [];
  const command = {
    argv: ['make'] as const,
    workingDirectory: '/workspace',
    environment: { HOME: '/elsewhere' },
    onOutput: (stream: OutputStream, bytes: Uint8Array) =>
      heard.push([stream, Buffer.from(bytes).toString()]),
  };
  return { program, heard, running: runCommand(program, command, sandbox, signal) };
}

afterEach(() => vi.useRealTimers());

describe('a command', () => {
  test('is asked for with the sandbox’s own environment and the command’s over it', async () => {
    const { program, running } = start();

    const request = program.stdin.read() as Buffer;
    program.end(1);
    await running;

    expect(JSON.parse(request.subarray(4).toString())).toMatchObject({
      argv: ['make'],
      workingDirectory: '/workspace',
      environment: { USER: 'root', HOME: '/elsewhere', DOCKER_HOST: 'unix:///var/run/docker.sock' },
    });
  });

  test('ends with what its program says', async () => {
    const { program, heard, running } = start();

    program.stdout.write(Buffer.concat([frame(1, 'made'), frame(3, JSON.stringify(result))]));
    program.end(0);

    expect(await running).toEqual(result);
    expect(heard).toEqual([['stdout', 'made']]);
  });
});

describe('a program that ends without a word', () => {
  test('while the sandbox lives was killed for want of memory', async () => {
    const { program, running } = start();

    program.end(137);

    expect(await running).toMatchObject({ exitCode: 137, outOfMemory: true });
  });

  test('could not start otherwise, and what it complained of is heard', async () => {
    const { program, heard, running } = start();

    program.stderr.write('no room');
    program.end(1);

    expect(await running).toMatchObject({ exitCode: 126, outOfMemory: false });
    expect(heard).toEqual([['stderr', 'no room']]);
  });

  test('in a sandbox that has gone is told with the last words of its engine', async () => {
    const { program, running } = start({ ...signs, isAlive: async () => false });

    program.end(137);

    await expect(running).rejects.toMatchObject({
      code: 'SANDBOX_LOST',
      message: expect.stringContaining('level=fatal'),
    });
  });
});

describe('an abort', () => {
  const reason = new Error('canceled');

  test('closes the program’s input, which kills what it started', async () => {
    const stop = new AbortController();
    const { program, running } = start(signs, stop.signal);

    stop.abort(reason);
    program.end(0);

    await expect(running).rejects.toBe(reason);
    expect(program.stdin.writableEnded).toBe(true);
    expect(program.kill).not.toHaveBeenCalled();
  });

  test('gives the program up that does not end then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const stop = new AbortController();
    const { program, running } = start(signs, stop.signal);

    stop.abort(reason);
    vi.advanceTimersByTime(2_000);

    await expect(running).rejects.toBe(reason);
    expect(program.kill).toHaveBeenCalledOnce();
  });
});
