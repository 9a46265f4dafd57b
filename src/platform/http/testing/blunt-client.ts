import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it goes over the wire: its head without the length, and its body. */
export interface BluntRequest {
  readonly port: number;
  readonly head: readonly string[];
  readonly body: string;
}

/**
 * Sends a request as simple clients do: first all of it, and only then reads what came back, up to
 * the end of the connection. Rejects where the connection breaks before that.
 */
export async function sendBluntly({ port, head, body }: BluntRequest): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const lines = [...head, 'Connection: close', `Content-Length: ${Buffer.byteLength(body)}`];
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`, () => resolve());
  });
  return text(socket);
}
