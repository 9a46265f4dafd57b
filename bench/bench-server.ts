import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Credential } from '#transfer';
import type { ServerReport } from './server-under-load.ts';

/** A server in a process of its own, so that the load does not share its event loop. */
export interface BenchServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Begins to measure anew. */
  measure(): void;
  report(): Promise<ServerReport>;
}

/** Who does everything in benches. */
export const benchCredential = {
  kind: 'password',
  username: 'bench',
  password: 'bench password',
} as const satisfies Credential;

const ownScript = fileURLToPath(new URL('server-under-load.ts', import.meta.url));

export async function startBenchServer(options: {
  readonly withBuilder: boolean;
  /** Another checkout's `server-under-load.ts`, to be compared with. */
  readonly script?: string | undefined;
}): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const child = fork(options.script ?? ownScript, [
    folder,
    options.withBuilder ? 'builder' : 'no-builder',
  ]);
  const [{ host }] = (await once(child, 'message')) as [{ host: string }];
  return {
    host,
    measure: () => {
      child.send('measure');
    },
    report: async () => {
      child.send('report');
      const [report] = (await once(child, 'message')) as [ServerReport];
      return report;
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
