import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createDockerExecutor } from '#builder';
import { systemClock } from '#kernel';
import { temporaryFolder } from './temporary-folder.ts';

const execute = promisify(execFile);

/** A Docker Engine of a test's own, which it may stop and start: nobody else's is touched. */
export interface DockerEngine extends AsyncDisposable {
  /** As `DOCKER_HOST` names it. */
  readonly host: string;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** As systemd stops it; resolves when it has ended. */
  stop(): Promise<void>;
  /** Runs `docker …` against it and gives what it printed. */
  docker(...words: readonly string[]): Promise<string>;
}

/** Not started yet, and with the image that builds run in when it is. Needs root. */
export async function openDockerEngine(): Promise<DockerEngine> {
  await using opened = new AsyncDisposableStack();
  // On a disk: layers in memory would be too much.
  const folder = opened.use(await temporaryFolder('/var/tmp'));
  const engine = new OwnEngine(folder.path);
  opened.use(engine);
  await engine.start();
  await copyBuilderImage(engine.host);
  await engine.stop();
  const kept = opened.move();
  return {
    host: engine.host,
    start: () => engine.start(),
    stop: () => engine.stop(),
    docker: (...words) => engine.docker(...words),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

class OwnEngine implements AsyncDisposable {
  readonly host: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.host = `unix://${join(folder, 'docker.sock')}`;
  }

  async start(): Promise<void> {
    const log = await open(join(this.#folder, 'dockerd.log'), 'a');
    this.#process = spawn('unshare', ['--net', 'dockerd', ...this.#words()], {
      stdio: ['ignore', log.fd, log.fd],
    });
    await log.close();
    while (!(await this.#answers())) {
      if (this.#process.exitCode !== null) throw new Error(await this.#said());
      await systemClock.sleep(100);
    }
  }

  async stop(): Promise<void> {
    const engine = this.#process;
    this.#process = undefined;
    if (engine === undefined || engine.exitCode !== null) return;
    const ended = once(engine, 'exit');
    engine.kill('SIGTERM');
    await ended;
  }

  async docker(...words: readonly string[]): Promise<string> {
    return (await execute('docker', ['--host', this.host, ...words])).stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Started in a network of its own: one that shares the host's, even without a bridge, takes the
   * bridge of the host's engine down.
   */
  #words(): readonly string[] {
    const at = (name: string) => join(this.#folder, name);
    const places = ['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')];
    const noRules = ['--iptables=false', '--ip-forward=false', '--ip-masq=false'];
    return ['--host', this.host, ...places, ...noRules];
  }

  async #answers(): Promise<boolean> {
    return this.docker('info').then(
      () => true,
      () => false,
    );
  }

  async #said(): Promise<string> {
    const log = await readFile(join(this.#folder, 'dockerd.log'), 'utf8');
    return `dockerd ended: ${log.split('\n').slice(-10).join('\n')}`;
  }
}

async function copyBuilderImage(host: string): Promise<void> {
  const { signal } = new AbortController();
  const { versions } = await createDockerExecutor().prepare(() => undefined, signal);
  const image = versions['builder-image'] ?? '';
  const from = spawn('docker', ['save', image], { stdio: ['ignore', 'pipe', 'inherit'] });
  const to = spawn('docker', ['--host', host, 'load'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(to, 'close');
  await pipeline(from.stdout, to.stdin);
  await ended;
}
