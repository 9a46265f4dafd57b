import { type AttemptClient, createBuilderClient } from '#builder';
import type { Assignment, SessionEvent, SessionRequest } from '#protocol';
import type { TestServer } from './test-server.ts';

type EventOf<Type extends SessionEvent['type']> = Extract<SessionEvent, { readonly type: Type }>;

/** A builder as the server sees it, through the real client; it runs nothing. */
export interface TestBuilder extends AsyncDisposable {
  /** The next event of that type that was not asked for yet. */
  next<Type extends SessionEvent['type']>(type: Type): Promise<EventOf<Type>>;
  /** Events of that type that came and were not asked for. */
  waiting(type: SessionEvent['type']): number;
  /** Reports of an attempt, with the token that came with it. */
  attempt(assignment: Pick<Assignment, 'attemptId' | 'token'>): AttemptClient;
  /** Resolves when the session has ended, with why where it broke. */
  readonly ended: Promise<unknown>;
}

export function connectBuilder(
  { url, builderToken }: Pick<TestServer, 'url' | 'builderToken'>,
  request: Partial<SessionRequest> = {},
): TestBuilder {
  const client = createBuilderClient({ serverUrl: url, token: builderToken });
  const stop = new AbortController();
  const inbox = new Inbox();
  const session = client.openSession({ ...defaults, ...request }, stop.signal);
  const ended = listen(session, inbox);
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

const defaults: SessionRequest = {
  name: 'builder-1',
  slots: 1,
  platforms: ['linux/amd64'],
  versions: {},
  running: [],
};

async function listen(session: AsyncIterable<SessionEvent>, inbox: Inbox): Promise<unknown> {
  try {
    for await (const event of session) inbox.put(event);
    inbox.close(undefined);
    return undefined;
  } catch (error) {
    inbox.close(error);
    return error;
  }
}

class Inbox {
  readonly #events: SessionEvent[] = [];
  #arrived = Promise.withResolvers<void>();
  #closed: { readonly cause: unknown } | undefined;

  put(event: SessionEvent): void {
    this.#events.push(event);
    this.#wake();
  }

  close(cause: unknown): void {
    this.#closed = { cause };
    this.#wake();
  }

  count(type: SessionEvent['type']): number {
    return this.#events.filter((event) => event.type === type).length;
  }

  async take<Type extends SessionEvent['type']>(type: Type): Promise<EventOf<Type>> {
    for (;;) {
      const at = this.#events.findIndex((event) => event.type === type);
      if (at >= 0) return this.#events.splice(at, 1)[0] as EventOf<Type>;
      if (this.#closed) throw new Error(`the session ended before any ${type} came`, this.#closed);
      await this.#arrived.promise;
    }
  }

  #wake(): void {
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers<void>();
  }
}
