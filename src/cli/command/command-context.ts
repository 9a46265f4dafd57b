import type { SlipwayClient } from '#client';
import type { Clock } from '#kernel';
import type { Style } from '../output/style.ts';
import type { CredentialsFile } from '../program/credentials-file.ts';

/** What a command may touch: nothing else of the process is reached for. */
export interface CommandContext {
  /** What people and scripts asked for: standard output. */
  readonly output: Output;
  /** What happens meanwhile: standard error. */
  readonly progress: Output;
  /** Whether `--json` was given. */
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly credentials: CredentialsFile;
  readonly input: SecretInput;
  /** The server that `--server`, `SLIPWAY_SERVER` or the last log-in names. Throws `NOT_LOGGED_IN`. */
  serverUrl(): Promise<string>;
  /** A client for that server with the credential of the log-in. Throws `NOT_LOGGED_IN`. */
  connect(): Promise<SlipwayClient>;
  /** A client for a server without any credential. */
  connectAnonymously(serverUrl: string): Promise<SlipwayClient>;
}

export interface Output {
  readonly style: Style;
  /** Writes a line. */
  line(text?: string): void;
}

/** Where secrets and files come from when they are not on the command line. */
export interface SecretInput {
  readonly isTerminal: boolean;
  /** Asks on the terminal; `isSecret` hides what is typed. Throws `USAGE` where there is no terminal. */
  ask(question: string, options: { readonly isSecret: boolean }): Promise<string>;
  /** All of standard input, without the last line end. */
  readAll(): Promise<string>;
}

/** Prints a result: the value itself with `--json`, otherwise the text for people. */
export function print(context: CommandContext, value: unknown, text: () => string): void {
  context.output.line(context.json ? JSON.stringify(value, undefined, 2) : text());
}
