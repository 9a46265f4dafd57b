import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asRoot } from './as-root.ts';
import { isWorking, lastLines, runCommand } from './run-command.ts';
import { SetUpFailure } from './set-up-failure.ts';

const answersWithinMilliseconds = 60_000;

/**
 * Sees to it that `docker info` answers. Only an engine that this starts by itself ends when the
 * result is disposed of; systemd's, or one that ran before, stays. Throws `SetUpFailure`.
 */
export async function startDockerEngine(say: (line: string) => void): Promise<AsyncDisposable> {
  const stay = { [Symbol.asyncDispose]: async () => undefined };
  const { code, output } = await runCommand('docker', ['info']);
  if (code === 0) return stay;
  if (/permission denied/i.test(output)) throw notAllowed();
  if (!existsSync('/run/systemd/system')) return startByHand(say);
  say('Starting Docker Engine with systemd');
  const [program, words] = await asRoot('systemctl', ['start', 'docker']);
  await runCommand(program, words);
  await awaitAnswer(
    () => 'see: journalctl --unit docker',
    () => true,
  );
  return stay;
}

/** Starts `dockerd` in a session of its own, so that Ctrl-C reaches it only through us. */
async function startByHand(say: (line: string) => void): Promise<AsyncDisposable> {
  say('Starting Docker Engine; it stops again at the end');
  const folder = await mkdtemp(join(tmpdir(), 'slipway-dockerd-'));
  const logFile = join(folder, 'dockerd.log');
  const log = await open(logFile, 'w');
  const [program, words] = await asRoot('dockerd', []);
  const engine = spawn(program, [...words], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const ended = new Promise<void>((resolve) => {
    engine.once('exit', () => resolve());
    engine.once('error', () => resolve());
  });
  engine.unref();
  await log.close();
  const stop = async () => {
    // Who waits for its end must not end first.
    engine.ref();
    if (engine.exitCode === null && engine.pid !== undefined) await terminate(engine.pid);
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await awaitAnswer(
      async () => `it said:\n${lastLines(await readFile(logFile, 'utf8'))}`,
      () => engine.exitCode === null,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { [Symbol.asyncDispose]: stop };
}

async function terminate(processId: number): Promise<void> {
  const [program, words] = await asRoot('kill', [String(processId)]);
  await runCommand(program, words);
}

async function awaitAnswer(
  explain: () => string | Promise<string>,
  isAlive: () => boolean,
): Promise<void> {
  const deadline = Date.now() + answersWithinMilliseconds;
  while (Date.now() < deadline && isAlive()) {
    if (await isWorking('docker', 'info')) return;
    await sleep(200);
  }
  const { output } = await runCommand('docker', ['info']);
  if (/permission denied/i.test(output)) throw notAllowed();
  throw new SetUpFailure(
    `Docker Engine did not answer; ${await explain()}`,
    'mend what it names until "docker info" works, then start again',
  );
}

function notAllowed(): SetUpFailure {
  return new SetUpFailure(
    'Docker Engine runs, but you may not use it.',
    'join its group with "sudo usermod --append --groups docker $USER" and log in anew, or run this as root',
  );
}
