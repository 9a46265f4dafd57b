import type { Builds, LeasedAttempt } from '#builds';
import type { Clock } from '#kernel';
import type { Logger } from '#platform/telemetry';
import type { Assignment, SessionEvent, SessionRequest } from '#protocol';

/** The builder's end of a session: takes events until it says that it is closed. */
export interface SessionWire {
  send(event: SessionEvent): void;
  /** Aborted when the connection has gone, or is to go. */
  readonly closed: AbortSignal;
}

export interface BuilderSessionOptions {
  readonly request: SessionRequest;
  readonly wire: SessionWire;
  readonly builds: Builds;
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Other servers' changes are seen by asking; this server's wake the session at once. */
const askMilliseconds = 1_000;
const signOfLifeMilliseconds = 5_000;

/**
 * One connected builder: hands it attempts as long as it has room, keeps their leases, and tells it
 * which have ended.
 */
export class BuilderSession {
  readonly name: string;
  readonly #options: BuilderSessionOptions;
  /** What the builder has, as far as we know: until it says that a sandbox is gone. */
  readonly #running: Set<string>;
  #wake = Promise.withResolvers<void>();

  constructor(options: BuilderSessionOptions) {
    this.name = options.request.name;
    this.#options = options;
    this.#running = new Set(options.request.running);
  }

  /** Serves the builder until the connection closes. */
  async run(): Promise<void> {
    const { builds, wire, request } = this.#options;
    wire.send({ type: 'welcome', builderId: this.name });
    this.#end(await builds.attempts.reclaim(this.name, request.running), 'it has ended meanwhile');
    const stopListening = builds.events.on((event) => {
      if (event.type === 'queue-changed') this.#wake.resolve();
      if (event.type !== 'attempt-ended' || event.builder !== this.name) return;
      this.#end([event.attemptId], event.reason);
    });
    try {
      await Promise.all([this.#handOut(), this.#keepAlive()]);
    } finally {
      stopListening();
    }
  }

  /** The builder has thrown the attempt's sandbox away. */
  settled(attemptId: string): void {
    this.#running.delete(attemptId);
    this.#wake.resolve();
  }

  #end(attemptIds: readonly string[], reason: string): void {
    for (const attemptId of attemptIds) {
      if (this.#running.has(attemptId)) {
        this.#options.wire.send({ type: 'end', attemptId, reason });
      }
    }
  }

  async #handOut(): Promise<void> {
    const { wire } = this.#options;
    while (!wire.closed.aborted) {
      const isHanded = await this.#handOutOne();
      if (!isHanded) await this.#woken();
    }
  }

  async #handOutOne(): Promise<boolean> {
    const { builds, request, wire, publicUrl } = this.#options;
    if (this.#running.size >= request.slots) return false;
    this.#wake = Promise.withResolvers<void>();
    const { name, versions } = request;
    const leased = await builds.attempts.leaseNext({ name, versions });
    if (leased === undefined) return false;
    this.#running.add(leased.attemptId);
    wire.send({ type: 'assignment', assignment: toAssignment(leased, publicUrl) });
    return true;
  }

  async #woken(): Promise<void> {
    const { clock, wire } = this.#options;
    const patience = new AbortController();
    const signal = AbortSignal.any([wire.closed, patience.signal]);
    const waited = clock.sleep(askMilliseconds, signal).catch(() => undefined);
    await Promise.race([this.#wake.promise, waited]);
    patience.abort();
    this.#wake = Promise.withResolvers<void>();
  }

  async #keepAlive(): Promise<void> {
    const { builds, clock, wire, logger } = this.#options;
    while (!wire.closed.aborted) {
      wire.send({ type: 'ping' });
      try {
        const ended = await builds.attempts.extend([...this.#running]);
        this.#end(ended, 'it has no rights any more');
      } catch (error) {
        logger.error({ error, builder: this.name }, 'leases could not be moved on');
      }
      await clock.sleep(signOfLifeMilliseconds, wire.closed).catch(() => undefined);
    }
  }
}

function toAssignment(leased: LeasedAttempt, publicUrl: string): Assignment {
  return {
    attemptId: leased.attemptId,
    buildId: leased.buildId,
    attempt: leased.attempt,
    token: leased.token,
    repository: leased.repositoryName,
    publicUrl,
    source: {
      path: leased.clone.path,
      type: leased.ref.type,
      name: leased.ref.name,
      commit: leased.ref.commit,
    },
    buildContext: leased.buildContext,
    dockerfile: leased.dockerfile,
    tags: [...leased.tags],
    caching: leased.caching,
    push: leased.push,
    variables: { ...leased.variables },
  };
}
