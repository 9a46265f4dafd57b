import type { Builds } from '#builds';
import type { Clock } from '#kernel';
import type { Logger } from '#platform/telemetry';
import type { SessionRequest } from '#protocol';
import { BuilderSession, type SessionWire } from './builder-session.ts';

export interface BuilderSessionsOptions {
  readonly builds: Builds;
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A builder whose connection broke and that does not come back so soon has lost its attempts. */
const graceMilliseconds = 3_000;

/** The builders that are connected to this server, one session a name: a newer one replaces it. */
export class BuilderSessions {
  readonly #options: BuilderSessionsOptions;
  readonly #open = new Map<string, { session: BuilderSession; end: AbortController }>();
  /** Builders that have gone and may come back: aborting it keeps what they run. */
  readonly #missing = new Map<string, AbortController>();
  readonly #givingUp = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: BuilderSessionsOptions) {
    this.#options = options;
  }

  async serve(request: SessionRequest, wire: SessionWire): Promise<void> {
    const end = new AbortController();
    const closed = AbortSignal.any([wire.closed, end.signal, this.#stop.signal]);
    const session = new BuilderSession({
      ...this.#options,
      request,
      wire: { closed, send: (event) => wire.send(event) },
    });
    this.#open.get(session.name)?.end.abort();
    this.#missing.get(session.name)?.abort();
    const entry = { session, end };
    this.#open.set(session.name, entry);
    try {
      await session.run();
    } finally {
      if (this.#open.get(session.name) === entry) {
        this.#open.delete(session.name);
        const givingUp = this.#giveUpLater(session.name);
        this.#givingUp.add(givingUp);
        void givingUp.finally(() => this.#givingUp.delete(givingUp));
      }
    }
  }

  /** The builder has thrown a sandbox away. */
  settled(builder: string, attemptId: string): void {
    this.#open.get(builder)?.session.settled(attemptId);
  }

  /**
   * Ends all sessions; builders look for another server and keep what they run. Resolves when nothing
   * is under way for builders that have gone.
   */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#givingUp);
  }

  async #giveUpLater(name: string): Promise<void> {
    const { builds, clock, logger } = this.#options;
    const back = new AbortController();
    this.#missing.set(name, back);
    try {
      await clock.sleep(graceMilliseconds, AbortSignal.any([this.#stop.signal, back.signal]));
    } catch {
      return; // It is back; or the server stops, its builders get a new one, and leases count until then.
    } finally {
      if (this.#missing.get(name) === back) this.#missing.delete(name);
    }
    logger.warn({ builder: name }, 'a builder has gone');
    await builds.attempts.loseAllOf(name).catch((error: unknown) => {
      logger.error({ error, builder: name }, 'the attempts of a lost builder could not be ended');
    });
  }
}
