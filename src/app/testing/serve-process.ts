import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '#platform/http/testing';

export interface ServeProcess extends AsyncDisposable {
  readonly url: string;
  /** Resolves when `/readyz` says so; throws when the process ends before. */
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly said: string }>;
}

export interface ServeOptions {
  readonly data: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const program = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** `slipway serve` without a builder, as a process of its own. */
export async function startServeProcess(options: ServeOptions): Promise<ServeProcess> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(process.execPath, [program, 'serve', '--no-builder'], {
    env: {
      PATH: process.env['PATH'],
      SLIPWAY_DATA: options.data,
      SLIPWAY_LISTEN: address,
      ...options.environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = endOf(child);
  const url = `http://${address}`;
  return {
    url,
    ready: () => untilReady(url, child),
    kill: (signal) => void child.kill(signal),
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function endOf(child: ChildProcess) {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(child, 'close');
  return { exitCode: child.exitCode, said };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the server ended with ${child.exitCode} before it was ready`);
}
