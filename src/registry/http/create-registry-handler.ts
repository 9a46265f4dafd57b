import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, type RegistryAction } from '#kernel';
import { type HttpHandler, requestIdOf, retryAfterHeader } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import type { Registry, Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import { deleteBlob, getBlob, headBlob } from './blob-handlers.ts';
import { sizeHeader } from './byte-ranges.ts';
import { edgeErrors } from './edge-errors.ts';
import { replyError, replyUnforeseen, wireOf } from './error-reply.ts';
import { callerOf, type Exchange, type Handler } from './exchange.ts';
import { deleteManifest, getManifest, headManifest, putManifest } from './manifest-handlers.ts';
import type { AccessDecision, RegistryAccess } from './registry-access.ts';
import { parseRegistryRequest, type RepositoryRequest } from './registry-request.ts';
import { ClientLeft, type ReplyHeaders, replyJson } from './reply.ts';
import { listTags } from './tag-handlers.ts';
import {
  appendToUpload,
  cancelUpload,
  finishUpload,
  getUpload,
  startUpload,
} from './upload-handlers.ts';

export interface RegistryHandlerOptions {
  readonly registry: Registry;
  readonly access: RegistryAccess;
  /** Gets each failure that nobody foresaw, once. */
  readonly logger: Logger;
}

type Kind = RepositoryRequest['kind'];

interface Route<Of extends Kind> {
  readonly action: RegistryAction;
  readonly handle: Handler<Of>;
}

const routes = {
  'manifest-get': { action: 'pull', handle: getManifest },
  'manifest-head': { action: 'pull', handle: headManifest },
  'manifest-put': { action: 'push', handle: putManifest },
  'manifest-delete': { action: 'delete', handle: deleteManifest },
  'blob-get': { action: 'pull', handle: getBlob },
  'blob-head': { action: 'pull', handle: headBlob },
  'blob-delete': { action: 'delete', handle: deleteBlob },
  'upload-start': { action: 'push', handle: startUpload },
  'upload-status': { action: 'push', handle: getUpload },
  'upload-append': { action: 'push', handle: appendToUpload },
  'upload-finish': { action: 'push', handle: finishUpload },
  'upload-cancel': { action: 'push', handle: cancelUpload },
  'tag-list': { action: 'pull', handle: listTags },
} as const satisfies { readonly [Of in Kind]: Route<Of> };

/** Answers every request under `/v2/`, whatever happens; it never rejects. */
export function createRegistryHandler(options: RegistryHandlerOptions): HttpHandler {
  return async (request, response) => {
    try {
      await answer(options, request, response);
    } catch (error) {
      answerError(options.logger, request, response, error);
    }
  };
}

async function answer(
  { registry, access }: RegistryHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = parseRegistryRequest(request.method ?? '', request.url ?? '');
  const caller = callerOf(request);
  if (asked.kind === 'check') {
    const challenge = await access.identify(caller);
    if (challenge !== undefined) requireGranted(challenge);
    return replyJson(response, 200, {}, {});
  }
  const { name } = asked;
  const { action, handle } = routes[asked.kind];
  const decision = requireGranted(await access.authorize({ ...caller, name, action }));
  const { repositoryId, actor } = decision;
  const visit: Visit = { repositoryId, repositoryName: name, actor };
  const exchange: Exchange = { request, response, registry, access, visit };
  // The table pairs each kind with its own handler; the compiler can't follow that through a lookup.
  await (handle as Handler<Kind>)(exchange, asked as never);
}

type Granted = Extract<AccessDecision, { readonly kind: 'granted' }>;

function requireGranted(decision: AccessDecision): Granted {
  switch (decision.kind) {
    case 'granted':
      return decision;
    case 'unauthenticated':
      throw new ChallengeError(decision.challenge, decision.message);
    case 'tries-spent': {
      const { message, retryAfterSeconds } = decision;
      throw edgeErrors.fail('TRIES_SPENT', message, { detail: { retryAfterSeconds } });
    }
    case 'denied':
      throw registryErrors.fail('DENIED', decision.message);
    case 'unknown':
      throw edgeErrors.fail('NAME_UNKNOWN', 'there is no such repository');
  }
}

/** A refusal that tells the client where to get a better credential. */
class ChallengeError extends AppError<'UNAUTHORIZED'> {
  readonly challenge: string;

  constructor(challenge: string, message: string) {
    super('UNAUTHORIZED', message);
    this.challenge = challenge;
  }
}

function answerError(
  logger: Logger,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  if (hasClientLeft(request, error)) return;
  const requestId = requestIdOf(request);
  const wire = wireOf(error);
  if (wire === undefined || wire.status >= 500) {
    const { method, url } = request;
    logger.error({ requestId, error, method, url }, 'a registry request failed');
  }
  if (response.headersSent) {
    response.destroy();
  } else if (wire === undefined) {
    replyUnforeseen(response, requestId);
  } else {
    replyError(response, error as AppError, wire, headersOf(error as AppError));
  }
}

/** A client that went away needs no answer, and is no failure of ours. */
function hasClientLeft(request: IncomingMessage, error: unknown): boolean {
  if (error instanceof ClientLeft) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isConnectionError = code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
  return isConnectionError && request.socket.destroyed;
}

function headersOf(error: AppError): ReplyHeaders {
  if (error instanceof ChallengeError) return { 'WWW-Authenticate': error.challenge };
  return { ...retryAfterHeader(error), ...sizeHeader(error) };
}
