import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type DiscardLimits, endWith } from './lingering-close.ts';

/** By the code of Node's parser; everything else is a bad request. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what no request could be made of, in a way that the answer arrives, and ends the connection. */
export function answerWhatIsNoHttp(server: Server, limits: DiscardLimits): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const { code = '' } = error;
    // A client that left, or an answer that has begun: nothing can be said any more.
    if (code === 'ECONNRESET' || code === 'EPIPE' || hasAnswerBegun(socket)) socket.destroy();
    else endWith(socket, answerOf(statuses[code] ?? 400), limits);
  });
}

/** Node keeps the answer that a connection is busy with there. */
function hasAnswerBegun(socket: Socket & { readonly _httpMessage?: unknown }): boolean {
  const { _httpMessage: answer } = socket;
  return typeof answer === 'object' && answer !== null && 'headersSent' in answer
    ? answer.headersSent === true
    : false;
}

function answerOf(status: number): string {
  const message = JSON.stringify({ message: STATUS_CODES[status] ?? '' });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${message.length}`,
    '',
    message,
  ].join('\r\n');
}
