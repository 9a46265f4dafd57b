import type { Exchange } from './request-facts.ts';

/** An answer that is ready to be sent; without a body where none belongs to its status. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends an answer, whatever of the request was read: the listener sees to the rest. */
export function sendAnswer({ response }: Exchange, { status, headers, body }: WholeAnswer): void {
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}
