import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request, and where its answer goes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface RequestFacts {
  /** Under which log and answer speak of it. */
  readonly id: string;
  readonly remoteAddress: string;
  /** Scheme and host that the client asked for, where a trusted proxy told them. */
  readonly origin?: string | undefined;
}

const facts = new WeakMap<IncomingMessage, RequestFacts>();

export function noteFacts(request: IncomingMessage, noted: RequestFacts): void {
  facts.set(request, noted);
}

export function requestIdOf(request: IncomingMessage): string {
  return facts.get(request)?.id ?? 'unknown';
}

/** The address a request came from, IPv4 in its own form: its client's, where a trusted proxy told it. */
export function remoteAddressOf(request: IncomingMessage): string {
  return facts.get(request)?.remoteAddress ?? request.socket.remoteAddress ?? '';
}

/** Scheme and host that the client asked for, where a trusted proxy told them. Never from `Host`. */
export function forwardedOriginOf(request: IncomingMessage): string | undefined {
  return facts.get(request)?.origin;
}

/** Whether an error says that the client hung up, which is no failure of ours. */
export function clientLeft(request: IncomingMessage, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return request.destroyed && (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE');
}
