/** What a builder's process hears from outside, as the signals that `runBuilder` takes. */
export interface ProcessSignals extends Disposable {
  readonly stop: AbortSignal;
  readonly drain: AbortSignal;
}

/** The part of Node's `process` that is listened to. */
export interface SignalSource {
  readonly stdin: Pick<NodeJS.ReadStream, 'once' | 'resume' | 'destroy'>;
  once(event: 'disconnect', listener: () => void): unknown;
  readonly connected?: boolean;
  disconnect?(): void;
  on(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

/**
 * SIGTERM drains; a second one, or SIGINT, stops at once. A child of the server also stops when its
 * standard input or its channel to the parent closes, since that is how a dead parent shows. Both
 * keep a process alive: disposed of, they are closed, so that it ends when it has nothing to do.
 */
export function listenToProcess(
  source: SignalSource,
  { isChild }: { readonly isChild: boolean },
): ProcessSignals {
  const stop = new AbortController();
  const drain = new AbortController();
  source.on('SIGTERM', () => {
    if (drain.signal.aborted) stop.abort(new Error('told twice to end'));
    drain.abort(new Error('told to end'));
  });
  source.on('SIGINT', () => stop.abort(new Error('interrupted')));
  if (isChild) {
    const parentLeft = () => stop.abort(new Error('the parent process has gone'));
    source.once('disconnect', parentLeft);
    for (const event of ['end', 'close', 'error']) source.stdin.once(event, parentLeft);
    source.stdin.resume();
  }
  return {
    stop: stop.signal,
    drain: drain.signal,
    [Symbol.dispose]: () => {
      if (!isChild) return;
      source.stdin.destroy();
      if (source.connected === true) source.disconnect?.();
    },
  };
}
