import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpHandler, remoteAddressOf, requestIdOf } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import type { Sources } from '../create-sources.ts';
import { sourcesErrors } from '../sources-errors.ts';
import type { GitAccess, GitAccessDecision } from './git-access.ts';
import { type GitExchange, runGitBackend } from './git-backend.ts';
import { gitEdgeErrors } from './git-edge-errors.ts';
import { replyGitError } from './git-reply.ts';
import { parseGitRequest } from './git-request.ts';

export interface GitHandlerOptions {
  readonly sources: Pick<Sources, 'findEmbedded' | 'observe'>;
  readonly access: GitAccess;
  /** The same folder that `createSources` got. */
  readonly folder: string;
  readonly logger: Logger;
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
      const requestId = requestIdOf(request);
      const isForeseen = replyGitError(response, error, requestId);
      if (!isForeseen) options.logger.error({ requestId, error }, 'a git request failed');
    }
  };
}

async function answer(
  { sources, access, folder, logger }: GitHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = parseGitRequest(request.method ?? '', request.url ?? '');
  const { authorization } = request.headers;
  const remoteAddress = remoteAddressOf(request);
  const { name, action } = asked;
  const subject = requireGranted(
    await access.authorize({ authorization, remoteAddress, name, action }),
  );
  const source = await sources.findEmbedded(name);
  if (!source) throw unknownRepository();
  const sourceId = source.id;
  const exchange = { request, response, asked, sourceId, subject, remoteAddress, folder };
  if (action === 'write' && !asked.isAdvertisement) await takePush(exchange, sources, logger);
  else await runGitBackend(exchange);
}

/**
 * The answer's end waits until what was pushed is durable in the ref log, so that a push that came
 * back is never forgotten. Where it can't be recorded now, the timer will find it.
 */
async function takePush(
  exchange: GitExchange,
  sources: Pick<Sources, 'observe'>,
  logger: Logger,
): Promise<void> {
  const { sourceId, subject } = exchange;
  try {
    await runGitBackend(exchange);
  } finally {
    await sources
      .observe(sourceId, { cause: 'push', pushedBy: subject })
      .catch((error: unknown) => {
        logger.error({ error, sourceId }, 'a push was taken and could not be recorded yet');
      });
  }
}

function requireGranted(decision: GitAccessDecision): string {
  switch (decision.kind) {
    case 'granted':
      return decision.subject;
    case 'unauthenticated':
      throw gitEdgeErrors.fail('GIT_UNAUTHENTICATED', decision.message);
    case 'denied':
      throw gitEdgeErrors.fail('GIT_DENIED', decision.message);
    case 'unknown':
      throw unknownRepository();
  }
}

function unknownRepository(): Error {
  const message = 'there is no such repository, or you may not see it';
  return sourcesErrors.fail('SOURCE_UNKNOWN', message);
}
