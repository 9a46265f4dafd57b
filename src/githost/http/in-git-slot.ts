import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#kernel';
import type { GitSlots } from './git-slots.ts';
import { watchClient } from './watch-client.ts';

export interface SlotParts {
  readonly slots: GitSlots;
  readonly clock: Clock;
}

export interface SlotRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Who asks. */
  readonly subject: string;
}

/**
 * Does work that has a git process run, when there is a slot for it. A client that moves next to nothing
 * loses its connection; work without end has its signal aborted. Throws `GIT_BUSY` and what the work throws.
 */
export async function inGitSlot(
  { slots, clock }: SlotParts,
  { request, response, subject }: SlotRequest,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  using left = abortOnClose(response);
  using _slot = await slots.take(subject, left.signal);
  const [over, tooLong] = [new AbortController(), new AbortController()];
  const isClientsTurn = () =>
    response.writableNeedDrain || (!request.complete && request.readableLength === 0);
  const { socket } = request;
  const watching = watchClient({ clock, socket, isClientsTurn, signal: over.signal });
  void watching.then((givenUp) => {
    if (givenUp === undefined) return;
    if (givenUp === 'git-too-long') tooLong.abort();
    response.destroy();
  });
  try {
    await work(tooLong.signal);
  } finally {
    over.abort();
  }
}

function abortOnClose(response: ServerResponse): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const abort = () => controller.abort(clientHasLeft());
  if (response.destroyed) abort();
  response.once('close', abort);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => void response.off('close', abort),
  };
}

/** As Node says it of a request that is read. */
function clientHasLeft(): Error {
  return Object.assign(new Error('the client has left'), { code: 'ECONNRESET' });
}
