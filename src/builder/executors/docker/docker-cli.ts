import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { toolEnvironment } from '#platform/config';

/** The `docker` command with arguments as they are given: no shell ever sees them. */
export interface DockerCli {
  /** Runs `docker …` to its end and gives its standard output, trimmed. Throws `DockerFailure`. */
  call(args: readonly string[], options?: DockerCallOptions): Promise<string>;
  /** Starts `docker …` with pipes on all three streams. */
  start(args: readonly string[]): ChildProcessWithoutNullStreams;
}

export interface DockerCallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What the engine or its client said when a call failed. */
export class DockerFailure extends Error {
  override readonly name = 'DockerFailure';
}

const longestOutputBytes = 16 * 1024 * 1024;

/** An option that is given once for each value. */
export function repeat(option: string, values: readonly string[]): readonly string[] {
  return values.flatMap((value) => [option, value]);
}

/** `host` is a `DOCKER_HOST` address; without it the client's own default holds. */
export function createDockerCli(host?: string): DockerCli {
  const before = host === undefined ? [] : ['--host', host];
  return {
    call: (args, options = {}) => callDocker([...before, ...args], options),
    start: (args) =>
      spawn('docker', [...before, ...args], {
        env: toolEnvironment(),
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
  };
}

function callDocker(args: readonly string[], options: DockerCallOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const settings = {
    env: toolEnvironment(),
    signal: options.signal,
    maxBuffer: longestOutputBytes,
  };
  execFile('docker', args, settings, (error, stdout, stderr) => {
    if (error === null) resolve(stdout.trim());
    else if (options.signal?.aborted) reject(options.signal.reason);
    else reject(new DockerFailure(stderr.trim() || error.message, { cause: error }));
  });
  return promise;
}
