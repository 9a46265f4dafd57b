import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#kernel';
import { clientLeft, type HttpHandler, remoteAddressOf, requestIdOf } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import type { GitHost } from '../create-git-host.ts';
import type { GitRepository } from '../git-repository.ts';
import { githostErrors } from '../githost-errors.ts';
import type { GitAccess, GitAccessDecision, GitGranted } from './git-access.ts';
import { type GitExchange, runGitBackend } from './git-backend.ts';
import { gitEdgeErrors } from './git-edge-errors.ts';
import { replyGitError } from './git-reply.ts';
import { parseGitRequest } from './git-request.ts';
import { GitSlots } from './git-slots.ts';
import { inGitSlot } from './in-git-slot.ts';
import { type Push, type PushParts, takePush } from './take-push.ts';

export interface GitHandlerOptions {
  readonly host: Pick<
    GitHost,
    'find' | 'folder' | 'folderNameOf' | 'listAbsent' | 'emptyFolderName'
  >;
  readonly access: GitAccess;
  /**
   * Told when git has ended with a push, whatever it changed. The answer's end waits for it, so that
   * what a push that came back stands for is never forgotten; its failure is logged and not answered.
   */
  readonly pushed: (push: Push) => Promise<void>;
  readonly limits: GitLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface GitLimits {
  /** How many git processes run for clients at once. */
  readonly processes: number;
  /** How large a pack one push may bring. */
  readonly pushBytes: number;
  /** How many refs one push may name. */
  readonly refs: number;
}

interface HandlerParts extends PushParts {
  readonly host: GitHandlerOptions['host'];
  readonly access: GitAccess;
  readonly settings: GitExchange['settings'];
}

/** Answers every request under `/git/`, whatever happens; it never rejects. */
export function createGitHandler(options: GitHandlerOptions): HttpHandler {
  const { processes, pushBytes } = options.limits;
  const slots = new GitSlots({ clock: options.clock, most: processes });
  const parts = { ...options, slots, settings: { 'receive.maxInputSize': String(pushBytes) } };
  return async (request, response) => {
    // Pushed contents must never run as a page of this host.
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
    try {
      await answer(parts, request, response);
      response.end();
    } catch (error) {
      const isForeseen = replyGitError({ request, response }, error);
      if (isForeseen || clientLeft(request, error)) return;
      const requestId = requestIdOf(request);
      options.logger.error({ requestId, error }, 'a git request failed');
    }
  };
}

async function answer(
  parts: HandlerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { host, access, settings } = parts;
  const asked = parseGitRequest(request.method ?? '', request.url ?? '');
  const { authorization } = request.headers;
  const remoteAddress = remoteAddressOf(request);
  const { name, action } = asked;
  const granted = requireGranted(
    await access.authorize({ authorization, remoteAddress, name, action }),
  );
  const repository = await host.find(name);
  if (!repository && !granted.firstPush) throw unknownRepository();
  const { subject } = granted;
  const { folder } = host;
  const exchange = { request, response, asked, subject, remoteAddress, folder, settings };
  if (action === 'write' && !asked.isAdvertisement) await takePush(parts, exchange, granted);
  else await letRead(parts, exchange, repository);
}

/** What is not there yet is shown to who may make it as what it would be: empty. */
async function letRead(
  parts: HandlerParts,
  exchange: GitExchange,
  repository: GitRepository | undefined,
): Promise<void> {
  const { request } = exchange;
  const folderName = repository
    ? await parts.host.folderNameOf(repository)
    : await parts.host.emptyFolderName();
  const input = { rest: request, encoding: request.headers['content-encoding'] };
  await inGitSlot(parts, exchange, (signal) =>
    runGitBackend(exchange, { folderName, input, signal }),
  );
}

function requireGranted(decision: GitAccessDecision): GitGranted {
  switch (decision.kind) {
    case 'granted':
      return decision;
    case 'unauthenticated':
      throw gitEdgeErrors.fail('GIT_UNAUTHENTICATED', decision.message);
    case 'tries-spent': {
      const { message, retryAfterSeconds } = decision;
      throw gitEdgeErrors.fail('GIT_TRIES_SPENT', message, { detail: { retryAfterSeconds } });
    }
    case 'denied':
      throw gitEdgeErrors.fail('GIT_DENIED', decision.message);
    case 'unknown':
      throw unknownRepository();
  }
}

function unknownRepository(): Error {
  const message = 'there is no such repository, or you may not see it';
  return githostErrors.fail('GIT_REPOSITORY_UNKNOWN', message);
}
