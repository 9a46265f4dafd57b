import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A registry in a process of its own, so that it can be killed. */
export interface RegistryProcess extends AsyncDisposable {
  readonly host: string;
  readonly process: ChildProcess;
  /** `kill -9`: the process gets no chance to put anything in order. */
  kill(): Promise<void>;
}

export async function startRegistryProcess(
  folder: string,
  script = new URL('./serve-registry.ts', import.meta.url),
): Promise<RegistryProcess> {
  const child = fork(fileURLToPath(script), [folder]);
  const [{ host }] = (await once(child, 'message')) as [{ host: string }];
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return { host, process: child, kill, [Symbol.asyncDispose]: kill };
}
