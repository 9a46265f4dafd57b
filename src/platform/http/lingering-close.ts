import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface DiscardLimits {
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Several times the largest body that any operation takes: who sends more has read nothing that we said. */
export const usualDiscardLimits: DiscardLimits = { bytes: 64 * 1024 * 1024, milliseconds: 15_000 };

/**
 * Sees to what of a request is still on its way when its answer has ended, as it is with one that was
 * refused: it is read and thrown away. A connection that were closed, or read no further, would be
 * reset under the client's hands, and it would never see why it was refused. Past the limits the
 * connection is broken. So every handler may answer when it likes, and leave a body alone.
 */
export function discardUnread(
  request: IncomingMessage,
  response: ServerResponse,
  limits: DiscardLimits,
): void {
  // Before Node's own listener, which closes the connection of a last answer.
  response.prependOnceListener('finish', () => {
    if (request.complete || request.destroyed) return;
    const { socket } = request;
    // What a last answer ends with: our half is closed, so that the client sees the end at once.
    socket.destroySoon = () => void socket.end();
    const stop = breakPast(socket, limits);
    request.on('data', stop.count);
    request.once('end', () => {
      stop.cancel();
      Reflect.deleteProperty(socket, 'destroySoon');
      if (socket.writableEnded) socket.destroy();
    });
  });
}

/** Answers what is no HTTP, or too much of it, and reads on, so that the answer arrives. */
export function endWith(socket: Socket, answer: string, limits: DiscardLimits): void {
  if (socket.writableEnded || !socket.writable) return;
  socket.on('error', () => socket.destroy());
  socket.removeAllListeners('data');
  socket.on('data', breakPast(socket, limits).count);
  socket.once('end', () => socket.destroy());
  socket.end(answer);
  socket.resume();
}

function breakPast(socket: Socket, { bytes, milliseconds }: DiscardLimits) {
  const timer = setTimeout(() => socket.destroy(), milliseconds);
  const cancel = () => {
    clearTimeout(timer);
    socket.off('close', cancel);
  };
  socket.once('close', cancel);
  let size = 0;
  const count = (chunk: Buffer) => {
    size += chunk.length;
    if (size > bytes) socket.destroy();
  };
  return { count, cancel };
}
