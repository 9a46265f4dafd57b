import pg from 'pg';
import { pauseAfter } from '#kernel';
import type { Channel, ChannelOptions } from '../database.ts';

interface Connection {
  readonly client: pg.Client;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

const pauses = { firstMilliseconds: 250, longestMilliseconds: 10_000 };
/** A connection that answers no later than this is as good as none. */
const patienceMilliseconds = 10_000;

/** LISTEN and NOTIFY over a connection of its own, which is opened again whenever it ends. */
export class PostgresChannel implements Channel {
  readonly #url: string;
  readonly #options: ChannelOptions;
  readonly #stop = new AbortController();
  #client: pg.Client | undefined;
  #kept: Promise<void> = Promise.resolve();

  private constructor(url: string, options: ChannelOptions) {
    if (!/^[a-z_]+$/.test(options.name)) throw new Error(`"${options.name}" can't name a channel`);
    this.#url = url;
    this.#options = options;
  }

  static async open(url: string, options: ChannelOptions): Promise<PostgresChannel> {
    const channel = new PostgresChannel(url, options);
    const connection = await channel.#connect();
    channel.#kept = channel.#keepOpen(connection);
    return channel;
  }

  async send(message: string): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    await client.query('select pg_notify($1, $2)', [this.#options.name, message]).catch(() => {
      hangUp(client);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    if (this.#client !== undefined) hangUp(this.#client);
    await this.#kept;
  }

  async #keepOpen(first: Connection): Promise<void> {
    let connection: Connection | undefined = first;
    while (connection !== undefined) {
      this.#client = connection.client;
      if (this.#stop.signal.aborted) hangUp(connection.client);
      await connection.ended;
      this.#client = undefined;
      connection = await this.#connectAgain();
    }
  }

  /** `undefined` when the channel has been closed. */
  async #connectAgain(): Promise<Connection | undefined> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stop;
    for (let failures = 1; !signal.aborted; failures += 1) {
      await clock.sleep(pauseAfter(failures, pauses), signal).catch(() => undefined);
      if (signal.aborted) return undefined;
      try {
        return await this.#connect();
      } catch (error) {
        logger.warn({ error, failures }, 'other servers are not heard until PostgreSQL answers');
      }
    }
    return undefined;
  }

  async #connect(): Promise<Connection> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: patienceMilliseconds,
      query_timeout: patienceMilliseconds,
      keepAlive: true,
    });
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    // An error that nobody listens to would end the process.
    client.on('error', () => hangUp(client));
    client.on('end', resolve);
    client.on('notification', ({ payload }) => this.#options.receive(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${this.#options.name}`);
    } catch (error) {
      hangUp(client);
      throw error;
    }
    return { client, ended };
  }
}

/** Its `end` event follows. */
function hangUp(client: pg.Client): void {
  void client.end().catch(() => undefined);
}
