import type { OutputStream } from '#kernel';
import type { CommandResult, SandboxCommand } from '../executor.ts';

/**
 * The language of the image's `command` script: one request in, frames out. Both are JSON or raw
 * bytes behind a length, so that a command's environment never stands in an argument vector.
 */
export function encodeRequest(
  command: SandboxCommand,
  environment: Readonly<Record<string, string>>,
): Uint8Array {
  const input = command.input ?? new Uint8Array();
  const request = {
    argv: command.argv,
    workingDirectory: command.workingDirectory,
    environment,
    inputBytes: input.length,
  };
  const json = Buffer.from(JSON.stringify(request));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, input]);
}

const streams: Readonly<Record<number, OutputStream>> = { 1: 'stdout', 2: 'stderr' };
const resultKind = 3;
const headBytes = 5;

/** Takes the script's output in any pieces; passes on what the command said, keeps its result. */
export class FrameReader {
  readonly #onOutput: SandboxCommand['onOutput'];
  #pending: Buffer = Buffer.alloc(0);
  #result: CommandResult | undefined;

  constructor(onOutput: SandboxCommand['onOutput']) {
    this.#onOutput = onOutput;
  }

  /** How the command ended; undefined until the script has said it. */
  get result(): CommandResult | undefined {
    return this.#result;
  }

  push(bytes: Buffer): void {
    let rest: Buffer = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (rest.length >= headBytes && rest.length >= headBytes + rest.readUInt32BE(1)) {
      const end = headBytes + rest.readUInt32BE(1);
      this.#take(rest[0] ?? 0, rest.subarray(headBytes, end));
      rest = rest.subarray(end);
    }
    this.#pending = rest;
  }

  #take(kind: number, payload: Buffer): void {
    const stream = streams[kind];
    if (stream !== undefined) this.#onOutput(stream, payload);
    else if (kind === resultKind) this.#result = JSON.parse(payload.toString()) as CommandResult;
  }
}
