import type { Clock, Ids } from '#kernel';

import type { Channel, Database } from '#platform/db';
import type { Logger } from '#platform/telemetry';
import { HintSender } from './hint-sender.ts';
import { type Hint, openEnvelope } from './hints.ts';
import type { Topic } from './topic.ts';

export interface EventsOptions {
  readonly database: Database;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Listener = (event: object) => void;

const channelName = 'slipway_events';

/** All topics of one server. */
export class Events implements AsyncDisposable {
  readonly #options: EventsOptions;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #sender: HintSender;
  #channel: Channel | undefined;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#sender = new HintSender(options.ids.uuid());
  }

  /** The topic of that name. Its events are of one type on all servers, so a name has one owner. */
  topic<Event extends object>(name: string): Topic<Event> {
    const listeners = this.#listeners.get(name) ?? new Set<Listener>();
    this.#listeners.set(name, listeners);
    return {
      publish: (tx, event) =>
        tx.afterCommit(() => {
          this.#tell({ topic: name, event });
          this.#sender.send({ topic: name, event });
        }),
      on: (listener: (event: Event) => void) => {
        const own: Listener = (event) => listener(event as Event);
        listeners.add(own);
        return () => listeners.delete(own);
      },
    };
  }

  /** Resolves once other servers are heard and hear us. Throws when the database can't be reached. */
  async connect(): Promise<void> {
    const { database, clock, logger } = this.#options;
    this.#channel = await database.openChannel({
      name: channelName,
      receive: (message) => this.#receive(message),
      clock,
      logger,
    });
    this.#sender.use(this.#channel);
  }

  #receive(message: string): void {
    const envelope = openEnvelope(message);
    if (envelope === undefined) {
      this.#options.logger.warn(
        { channel: channelName },
        'a message that is no event was received',
      );
      return;
    }
    if (envelope.from === this.#sender.name) return;
    for (const hint of envelope.hints) this.#tell(hint);
  }

  #tell({ topic, event }: Hint): void {
    for (const listener of this.#listeners.get(topic) ?? []) {
      try {
        listener(event);
      } catch (error) {
        this.#options.logger.error({ error, topic }, 'a listener of events failed');
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sender.settle();
    await this.#channel?.[Symbol.asyncDispose]();
  }
}
