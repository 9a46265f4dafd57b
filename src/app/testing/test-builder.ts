import { type AttemptClient, createBuilderClient } from '#builder';
import type { Assignment, ConnectionEvent, ConnectionRequest } from '#protocol';
import type { TestServer } from './test-server.ts';

type EventOf<Type extends ConnectionEvent['type']> = Extract<
  ConnectionEvent,
  { readonly type: Type }
>;

/** A builder as the server sees it, through the real client; it runs nothing. */
export interface TestBuilder extends AsyncDisposable {
  /** The next event of that type that was not asked for yet. */
  next<Type extends ConnectionEvent['type']>(type: Type): Promise<EventOf<Type>>;
  /** Events of that type that came and were not asked for. */
  waiting(type: ConnectionEvent['type']): number;
  /** Reports of an attempt, with the token that came with it. */
  attempt(assignment: Pick<Assignment, 'attemptId' | 'token'>): AttemptClient;
  /** Resolves when the connection has ended, with why where it broke. */
  readonly ended: Promise<unknown>;
}

export function connectBuilder(
  { url, builderToken }: Pick<TestServer, 'url' | 'builderToken'>,
  request: Partial<ConnectionRequest> = {},
): TestBuilder {
  const client = createBuilderClient({ serverUrl: url, token: builderToken });
  const stop = new AbortController();
  const inbox = new Inbox();
  const connection = client.openConnection({ ...defaults, ...request }, stop.signal);
  const ended = listen(connection, inbox);
  return {
    next: (type) => inbox.take(type),
    waiting: (type) => inbox.count(type),
    attempt: ({ attemptId, token }) => client.attempt(attemptId, token),
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

const defaults: ConnectionRequest = {
  name: 'builder-1',
  slots: 1,
  platforms: ['linux/amd64'],
  versions: {},
  running: [],
};

async function listen(connection: AsyncIterable<ConnectionEvent>, inbox: Inbox): Promise<unknown> {
  try {
    for await (const event of connection) inbox.put(event);
    inbox.close(undefined);
    return undefined;
  } catch (error) {
    inbox.close(error);
    return error;
  }
}

class Inbox {
  readonly #events: ConnectionEvent[] = [];
  #arrived = Promise.withResolvers<void>();
  #closed: { readonly cause: unknown } | undefined;

  put(event: ConnectionEvent): void {
    this.#events.push(event);
    this.#wake();
  }

  close(cause: unknown): void {
    this.#closed = { cause };
    this.#wake();
  }

  count(type: ConnectionEvent['type']): number {
    return this.#events.filter((event) => event.type === type).length;
  }

  async take<Type extends ConnectionEvent['type']>(type: Type): Promise<EventOf<Type>> {
    for (;;) {
      const at = this.#events.findIndex((event) => event.type === type);
      if (at >= 0) return this.#events.splice(at, 1)[0] as EventOf<Type>;
      if (this.#closed)
        throw new Error(`the connection ended before any ${type} came`, this.#closed);
      await this.#arrived.promise;
    }
  }

  #wake(): void {
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers<void>();
  }
}
