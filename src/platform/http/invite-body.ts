import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Sends `100 Continue` (RFC 9110, section 10.1.1) when the body is first read, and not before: who asks
 * whether to send, and is refused, sends nothing.
 */
export function inviteBodyWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const read = request._read.bind(request);
  request._read = (size) => {
    request._read = read;
    if (!response.headersSent && !response.destroyed) response.writeContinue();
    read(size);
  };
}
