import type { IncomingMessage } from 'node:http';

const ids = new WeakMap<IncomingMessage, string>();

/** Gives a request the id under which log and answer speak of it. */
export function assignRequestId(request: IncomingMessage, id: string): void {
  ids.set(request, id);
}

export function requestIdOf(request: IncomingMessage): string {
  return ids.get(request) ?? 'unknown';
}
