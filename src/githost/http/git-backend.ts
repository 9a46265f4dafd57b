import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GitRepositoryId } from '../git-repository.ts';
import { gitEnvironment } from '../repositories/git-environment.ts';
import { repositoryFolderName } from '../repositories/repository-folder.ts';
import { gitFailure } from '../repositories/run-git.ts';
import { parseCgiAnswer } from './cgi-answer.ts';
import type { GitRequest } from './git-request.ts';

export interface GitExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: GitRequest;
  readonly repositoryId: GitRepositoryId;
  readonly subject: string;
  readonly remoteAddress: string;
  /** The host's folder. */
  readonly folder: string;
}

/**
 * Lets `git http-backend` answer a request, streaming both ways. Resolves when git has ended and all
 * of its answer is with the response, which is left open. A push whose client vanished is seen
 * through to its end, since its refs may have moved; a fetch is stopped. Throws `GIT_FAILED`.
 */
export async function runGitBackend(exchange: GitExchange): Promise<void> {
  const { request, response, asked } = exchange;
  const child = spawn('git', ['http-backend'], { env: backendEnvironment(exchange) });
  const words = collectWords(child);
  const ended = endOf(child);
  const stop = () => {
    if (asked.action === 'read') child.kill();
    if (!request.complete) child.stdin.destroy();
  };
  response.once('close', stop);
  feed(request, child);
  // Who left before git was started closes nothing any more.
  if (response.destroyed) stop();
  try {
    await Promise.all([ended, relayAnswer(child, response)]);
  } catch (error) {
    throw gitFailure(error as Error, words());
  } finally {
    response.off('close', stop);
  }
}

function backendEnvironment(exchange: GitExchange): NodeJS.ProcessEnv {
  const { request, asked, repositoryId, subject, remoteAddress, folder } = exchange;
  const { service, isAdvertisement, action } = asked;
  const tail = isAdvertisement ? 'info/refs' : service;
  const { headers } = request;
  const protocol = headers['git-protocol'];
  return {
    ...gitEnvironment({ 'http.receivepack': String(action === 'write') }),
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${repositoryFolderName(repositoryId)}/${tail}`,
    REQUEST_METHOD: request.method ?? '',
    QUERY_STRING: isAdvertisement ? `service=${service}` : '',
    REMOTE_USER: subject,
    REMOTE_ADDR: remoteAddress,
    // No CONTENT_LENGTH: with it git turns in circles for ever when a client leaves before the end.
    CONTENT_TYPE: headers['content-type'] ?? '',
    ...variable('HTTP_CONTENT_ENCODING', headers['content-encoding']),
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
function feed(request: IncomingMessage, child: ChildProcessWithoutNullStreams): void {
  child.stdin.on('error', () => request.resume());
  request.on('error', () => child.stdin.destroy());
  request.pipe(child.stdin);
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
