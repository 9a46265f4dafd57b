import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpHandler, remoteAddressOf, requestIdOf } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import type { GitHost } from '../create-git-host.ts';
import type { GitRepository } from '../git-repository.ts';
import { githostErrors } from '../githost-errors.ts';
import type { GitAccess, GitAccessDecision } from './git-access.ts';
import { type GitExchange, runGitBackend } from './git-backend.ts';
import { gitEdgeErrors } from './git-edge-errors.ts';
import { replyGitError } from './git-reply.ts';
import { parseGitRequest } from './git-request.ts';

export interface GitHandlerOptions {
  readonly host: Pick<GitHost, 'find' | 'folder'>;
  readonly access: GitAccess;
  /**
   * Told when git has ended with a push, whatever it changed. The answer's end waits for it, so that
   * what a push that came back stands for is never forgotten; its failure is logged and not answered.
   */
  readonly pushed: (push: Push) => Promise<void>;
  readonly logger: Logger;
}

export interface Push {
  readonly repository: GitRepository;
  /** The subject that was granted access. */
  readonly pushedBy: string;
}

/** Answers every request under `/git/`, whatever happens; it never rejects. */
export function createGitHandler(options: GitHandlerOptions): HttpHandler {
  return async (request, response) => {
    // Pushed contents must never run as a page of this host.
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
    try {
      await answer(options, request, response);
      response.end();
    } catch (error) {
      const isForeseen = replyGitError({ request, response }, error);
      if (isForeseen) return;
      const requestId = requestIdOf(request);
      options.logger.error({ requestId, error }, 'a git request failed');
    }
  };
}

async function answer(
  options: GitHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { host, access } = options;
  const asked = parseGitRequest(request.method ?? '', request.url ?? '');
  const { authorization } = request.headers;
  const remoteAddress = remoteAddressOf(request);
  const { name, action } = asked;
  const subject = requireGranted(
    await access.authorize({ authorization, remoteAddress, name, action }),
  );
  const repository = await host.find(name);
  if (!repository) throw unknownRepository();
  const { id: repositoryId } = repository;
  const { folder } = host;
  const exchange = { request, response, asked, repositoryId, subject, remoteAddress, folder };
  if (action === 'read' || asked.isAdvertisement) await runGitBackend(exchange);
  else await takePush(options, exchange, { repository, pushedBy: subject });
}

async function takePush(
  { pushed, logger }: GitHandlerOptions,
  exchange: GitExchange,
  push: Push,
): Promise<void> {
  try {
    await runGitBackend(exchange);
  } finally {
    await pushed(push).catch((error: unknown) => {
      const { repositoryId } = exchange;
      logger.error({ error, repositoryId }, 'a push was taken and could not be recorded yet');
    });
  }
}

function requireGranted(decision: GitAccessDecision): string {
  switch (decision.kind) {
    case 'granted':
      return decision.subject;
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
