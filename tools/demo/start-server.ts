import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Demo, serverUrl } from './demo.ts';
import { DemoFailure } from './demo-failure.ts';
import { slipwayProgram } from './slipway-command.ts';

type Server = ReturnType<typeof spawn>;

const readyWithinMilliseconds = 60_000;
const endWithinMilliseconds = 30_000;

/** Starts `slipway serve` in a session of its own, so that Ctrl-C reaches the demo alone. */
export async function startServer(demo: Demo): Promise<number> {
  const { screen, port, folder, administrator } = demo;
  screen.step('Start Slipway: registry, API, git host and a builder');
  const words = ['serve', '--data', join(folder, 'data'), '--listen', `127.0.0.1:${port}`];
  const whole = [...words, '--public-url', serverUrl(demo)];
  screen.command(['slipway', ...whole]);
  const log = await open(serverLog(demo), 'a');
  const server = spawn(process.execPath, [slipwayProgram, ...whole], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: {
      ...process.env,
      SLIPWAY_ADMIN_USERNAME: administrator.username,
      SLIPWAY_ADMIN_PASSWORD: administrator.password,
    },
  });
  server.unref();
  demo.cleanUp.defer(() => endServer(server));
  await log.close();
  await awaitReadiness(demo, server);
  screen.say(`It answers at ${serverUrl(demo)}; its database and blobs are in one folder.`);
  return server.pid ?? 0;
}

export function serverLog({ folder }: Demo): string {
  return join(folder, 'server.log');
}

async function awaitReadiness(demo: Demo, server: Server): Promise<void> {
  const deadline = Date.now() + readyWithinMilliseconds;
  while (Date.now() < deadline) {
    if (await isReady(demo)) return;
    if (server.exitCode !== null || server.pid === undefined) break;
    await sleep(100, undefined, { signal: demo.signal });
  }
  const tail = (await readFile(serverLog(demo), 'utf8')).split('\n').slice(-15).join('\n').trim();
  throw new DemoFailure(
    `Slipway did not get ready. It said:\n${tail}`,
    'mend what it names; if the port is taken, choose another with --port',
  );
}

async function isReady(demo: Demo): Promise<boolean> {
  try {
    const answer = await fetch(`${serverUrl(demo)}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Asks the server to drain; ends it when it takes too long. */
async function endServer(server: Server): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), endWithinMilliseconds);
  await ended;
  clearTimeout(timer);
}
