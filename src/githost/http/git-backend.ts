import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { type GitSettings, gitEnvironment } from '../repositories/git-environment.ts';
import { gitFailure } from '../repositories/run-git.ts';
import { parseCgiAnswer } from './cgi-answer.ts';
import type { GitRequest } from './git-request.ts';

export interface GitExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: GitRequest;
  readonly subject: string;
  readonly remoteAddress: string;
  /** The host's folder. */
  readonly folder: string;
  readonly settings: GitSettings;
}

export interface GitRun {
  /** What the repository's folder is called. */
  readonly folderName: string;
  readonly input: GitInput;
  /** What the client is sent before git's answer. */
  readonly inFront?: Buffer;
  /** Ends git, whatever it does. */
  readonly signal: AbortSignal;
}

/** What git reads. */
export interface GitInput {
  readonly head?: Buffer;
  readonly rest: Readable;
  /** How it is encoded still. */
  readonly encoding: string | undefined;
}

/**
 * Lets `git http-backend` answer a request, streaming both ways. Resolves when git has ended and all
 * of its answer is with the response, which is left open. A push whose client vanished is seen
 * through to its end, since its refs may have moved; a fetch is stopped. Throws `GIT_FAILED`.
 */
export async function runGitBackend(exchange: GitExchange, run: GitRun): Promise<void> {
  const { request, response, asked } = exchange;
  const environment = backendEnvironment(exchange, run);
  // In a group of its own, which can be ended with all that git has started.
  const child = spawn('git', ['http-backend'], { env: environment, detached: true });
  const words = collectWords(child);
  const ended = endOf(child);
  const end = () => endGroup(child);
  const stop = () => {
    if (asked.action === 'read') end();
    if (!request.complete) child.stdin.destroy();
  };
  response.once('close', stop);
  run.signal.addEventListener('abort', end, { once: true });
  feed(request, run.input, child);
  // Who left before git was started closes nothing any more.
  if (response.destroyed) stop();
  try {
    await Promise.all([ended, relayAnswer(child, response, run.inFront)]);
  } catch (error) {
    throw gitFailure(error as Error, words());
  } finally {
    response.off('close', stop);
    run.signal.removeEventListener('abort', end);
  }
}

function endGroup({ pid, exitCode, signalCode }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

function backendEnvironment(
  { request, asked, subject, remoteAddress, folder, settings }: GitExchange,
  { folderName, input }: GitRun,
): NodeJS.ProcessEnv {
  const { service, isAdvertisement, action } = asked;
  const tail = isAdvertisement ? 'info/refs' : service;
  const { headers } = request;
  const protocol = headers['git-protocol'];
  return {
    ...gitEnvironment({ ...settings, 'http.receivepack': String(action === 'write') }),
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${folderName}/${tail}`,
    REQUEST_METHOD: request.method ?? '',
    QUERY_STRING: isAdvertisement ? `service=${service}` : '',
    REMOTE_USER: subject,
    REMOTE_ADDR: remoteAddress,
    // No CONTENT_LENGTH: with it git turns in circles for ever when a client leaves before the end.
    CONTENT_TYPE: headers['content-type'] ?? '',
    ...variable('HTTP_CONTENT_ENCODING', input.encoding),
    ...(typeof protocol === 'string' && isProtocolText(protocol) ? { GIT_PROTOCOL: protocol } : {}),
  };
}

function variable(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}

/** `version=2` and the like (git's protocol-v2, "Initial Client Request"). */
function isProtocolText(text: string): boolean {
  return /^[a-z0-9=:._-]{1,200}$/.test(text);
}

/** A client that leaves in the middle ends git's input; git then keeps nothing of it. */
function feed(
  request: IncomingMessage,
  { head, rest }: GitInput,
  child: ChildProcessWithoutNullStreams,
): void {
  child.stdin.on('error', () => {
    rest.unpipe(child.stdin);
    request.resume();
    rest.resume();
  });
  request.on('error', () => child.stdin.destroy());
  rest.on('error', () => child.stdin.destroy());
  if (head !== undefined) child.stdin.write(head);
  rest.pipe(child.stdin);
}

function collectWords(child: ChildProcessWithoutNullStreams): () => string {
  let words = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    words = (words + text).slice(-2_000);
  });
  return () => words;
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('error', reject);
  child.once('close', () => resolve());
  return promise;
}

/** Answers with what git says. When nobody listens any more, reads on, so that git can finish. */
async function relayAnswer(
  child: ChildProcessWithoutNullStreams,
  response: ServerResponse,
  inFront: Buffer = Buffer.alloc(0),
): Promise<void> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (head === undefined) {
      await write(response, chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const answer = parseCgiAnswer(head);
    if (!answer) continue;
    head = undefined;
    response.writeHead(answer.status, answer.headers);
    if (answer.status === 200) await write(response, inFront);
    await write(response, answer.rest);
  }
  if (head !== undefined) throw new Error('git ended without an answer');
}

async function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (bytes.length === 0 || response.destroyed || response.write(bytes)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('drain', resolve);
  response.once('close', resolve);
  await promise;
  response.off('drain', resolve);
  response.off('close', resolve);
}
