import type { Duplex } from 'node:stream';
import type { OutputStream } from '#kernel';

/**
 * What runs an attempt. An executor opens sandboxes; a sandbox runs commands one after the other or
 * side by side until it is closed, and then nothing of it is left. The contract says nothing about
 * how a sandbox is made, so a container, a pod and a virtual machine can stand behind it.
 *
 * Every driver passes `executorContract` (executors/testing/executor-contract.ts).
 */
export interface Executor {
  /** What stands behind it, and what it can do. Constant for the life of the executor. */
  readonly kind: string;

  /**
   * Gets ready to open sandboxes: checks that it can, brings what they are made of. May take minutes
   * the first time and tells `progress` what it does; later calls return at once.
   * Throws `EXECUTOR_UNAVAILABLE` with what is missing and how to mend it.
   */
  prepare(progress: (line: string) => void, signal: AbortSignal): Promise<ExecutorFacts>;

  /**
   * Opens a sandbox in which `/workspace` is an empty folder that its container engine sees under
   * the same path. Its engine may still be starting: `Sandbox.ready` waits for it.
   * Throws `SANDBOX_FAILED`; what was half-made is gone by then.
   */
  open(spec: SandboxSpec, signal: AbortSignal): Promise<Sandbox>;

  /**
   * Whether sandboxes can be opened just now, as far as can be told in passing: asked every few
   * seconds. Throws `EXECUTOR_UNAVAILABLE` with what is missing and how to mend it.
   */
  check(signal: AbortSignal): Promise<void>;

  /**
   * Removes every sandbox of this builder that nobody uses, with everything that was made for it:
   * those that earlier lives left behind, and those of this life that could not be removed when they
   * were closed. `owner` is the same string that `SandboxSpec.owner` had. Gives how many sandboxes
   * were removed; what could not be is among `leftovers`. Throws `EXECUTOR_UNAVAILABLE` when they
   * can't be looked for.
   */
  removeOrphans(owner: string): Promise<number>;

  /** Sandboxes that could not be removed so far: they may still run, and hold what they were given. */
  leftovers(): readonly Leftover[];
}

/** A sandbox that is to be gone and is not. */
export interface Leftover {
  readonly id: string;
  /** What failed, for people. */
  readonly reason: string;
}

export interface ExecutorFacts {
  /** Platforms in OCI's words, native first: `linux/amd64`. */
  readonly platforms: readonly string[];
  /** Versions of what runs builds, by name: recorded with each attempt. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface SandboxSpec {
  /** Unique among all sandboxes of all builders; letters, digits and `-`. */
  readonly id: string;
  /** The builder it belongs to, for `removeOrphans`. */
  readonly owner: string;
  readonly limits: SandboxLimits;
  readonly network: NetworkPolicy;
  readonly gateway: SandboxGateway;
}

/**
 * The one way from inside a sandbox to the registry and the git host: what leads there are the names,
 * what comes out are connections. Nothing else of the builder is reachable.
 */
export interface SandboxGateway {
  readonly names: GatewayNames;

  /**
   * Takes a connection that something inside made to one of the names: HTTP/1.1, TLS taken off. How
   * it travels here is the executor's own business, as long as nobody but the sandbox can come this
   * way: a connection has the attempt's rights. One too many, or one after the attempt, is
   * destroyed. Never throws.
   */
  accept(connection: Duplex): void;
}

export interface GatewayNames {
  /**
   * The registry's public name and how clients reach it: `localhost:5000` over plain HTTP,
   * `hub.example.com` over TLS with a certificate that everything inside trusts.
   */
  readonly publicHost: string;
  readonly publicScheme: 'http' | 'https';
  /** Further names that answer on port 443 inside, such as Docker Hub's. */
  readonly aliases: readonly string[];
}

export interface SandboxLimits {
  /** Cores, may be a fraction. */
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly processes: number;
  /** Of everything that is written inside. */
  readonly diskBytes: number;
}

export interface NetworkPolicy {
  /** CIDR blocks that may be reached although they are private; empty by default. */
  readonly allow: readonly string[];
}

export interface Sandbox extends AsyncDisposable {
  readonly id: string;

  /**
   * Resolves when the sandbox's container engine answers, so that `docker` works in commands.
   * Throws `SANDBOX_FAILED` with the end of the engine's own log.
   */
  ready(signal: AbortSignal): Promise<void>;

  /**
   * Runs one command as root of the sandbox's own namespace, beside its container engine, and waits
   * for its end. Output arrives through `onOutput` in order, stream by stream, as raw bytes.
   * When the signal aborts, the command and its children are killed and the call rejects with the
   * signal's reason. A command that can't be started ends with code 127 or 126, as in a shell.
   * May be called concurrently. Throws `SANDBOX_LOST` when the sandbox itself has gone.
   */
  run(command: SandboxCommand, signal: AbortSignal): Promise<CommandResult>;

  /**
   * Kills everything inside and removes the sandbox with everything that was made for it. Never
   * throws; may be called again. Takes seconds, or gives up: then it is one of the executor's
   * `leftovers`.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SandboxCommand {
  /** Program and arguments; never seen by a shell. */
  readonly argv: readonly [string, ...string[]];
  /** An absolute path that exists. */
  readonly workingDirectory: string;
  /** Added to the sandbox's own environment (PATH, HOME, XDG_RUNTIME_DIR, DOCKER_HOST, …). */
  readonly environment: Readonly<Record<string, string>>;
  /** Bytes for standard input, which is closed after them; without it stdin is empty. */
  readonly input?: Uint8Array;
  readonly onOutput: (stream: OutputStream, bytes: Uint8Array) => void;
}

export interface CommandResult {
  /** 0 to 255; 128 + n for a command that signal n ended. */
  readonly exitCode: number;
  /** The sandbox ran out of memory while the command ran, so that something in it was killed. */
  readonly outOfMemory: boolean;
  /** The disk limit was reached while the command ran. */
  readonly outOfDisk: boolean;
}
