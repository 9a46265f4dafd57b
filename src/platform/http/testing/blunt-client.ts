import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it goes over the wire: its head without the length, and its body. */
export interface BluntRequest {
  readonly port: number;
  readonly head: readonly string[];
  readonly body: string;
  /** How the body's length is told. */
  readonly framing?: 'length' | 'chunked';
  /** Without it the client says that it asks for nothing more. */
  readonly keepsAlive?: boolean;
}

/**
 * Sends a request as simple clients do: first all of it, and only then reads what came back, up to
 * the end of the connection or of one whole answer. Rejects where the connection breaks before that.
 */
export async function sendBluntly(request: BluntRequest): Promise<string> {
  const { port, head, body, framing = 'length', keepsAlive = false } = request;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const framed =
    framing === 'length' ? body : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const lines = [
    ...head,
    ...(keepsAlive ? [] : ['Connection: close']),
    framing === 'length' ? `Content-Length: ${body.length}` : 'Transfer-Encoding: chunked',
  ];
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.write(`${lines.join('\r\n')}\r\n\r\n${framed}`, () => resolve());
  });
  // Its own half closes: who keeps a connection alive would wait for the time-out.
  if (keepsAlive) socket.end();
  return text(socket);
}
