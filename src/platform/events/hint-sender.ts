import type { Channel } from '#platform/db';
import { fillEnvelope, type Hint, mostHintBytes } from './hints.ts';

/** While a message takes its time, so many different hints wait for it; more are dropped. */
const mostWaiting = 1_000;

/**
 * Sends hints to other servers, all that came while the last message was under way in the next one,
 * and each of them once.
 */
export class HintSender {
  /** What this server's messages are known by. */
  readonly name: string;
  readonly #waiting = new Set<string>();
  #channel: Channel | undefined;
  #sending: Promise<void> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** From now on hints go out; before, nobody hears them. */
  use(channel: Channel): void {
    this.#channel = channel;
  }

  send(hint: Hint): void {
    if (this.#channel === undefined || this.#waiting.size >= mostWaiting) return;
    const text = JSON.stringify(hint);
    if (Buffer.byteLength(text) > mostHintBytes) return;
    this.#waiting.add(text);
    this.#sending ??= this.#sendAll(this.#channel);
  }

  /** Resolves when nothing waits. */
  async settle(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(channel: Channel): Promise<void> {
    // What one transaction tells goes out together.
    await Promise.resolve();
    while (this.#waiting.size > 0) await channel.send(fillEnvelope(this.name, this.#waiting));
    this.#sending = undefined;
  }
}
