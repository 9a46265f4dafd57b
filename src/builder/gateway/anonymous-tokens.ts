import type { Clock } from '#kernel';

/** A minute less than the shortest that token services give. */
const tokenMilliseconds = 240_000;
const mostTokens = 200;
const patienceMilliseconds = 20_000;

/** Tokens of a registry for nobody in particular, as its challenges ask for them. */
export class AnonymousTokens {
  readonly #clock: Clock;
  readonly #origin: URL;
  readonly #known = new Map<string, { readonly token: string; readonly staleAt: number }>();

  constructor(clock: Clock, origin: URL) {
    this.#clock = clock;
    this.#origin = origin;
  }

  /** A token as the challenge asks for it; `undefined` when none can be had. */
  async get(challenge: string | undefined): Promise<string | undefined> {
    if (challenge === undefined) return undefined;
    const known = this.#known.get(challenge);
    if (known !== undefined && this.#clock.now() < known.staleAt) return known.token;
    const token = await this.#fetch(challenge).catch(() => undefined);
    if (token === undefined) return undefined;
    if (this.#known.size >= mostTokens) this.#known.clear();
    this.#known.set(challenge, { token, staleAt: this.#clock.now() + tokenMilliseconds });
    return token;
  }

  async #fetch(challenge: string): Promise<string | undefined> {
    const url = new URL('/token', this.#origin);
    for (const name of ['service', 'scope']) {
      const value = new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const signal = AbortSignal.timeout(patienceMilliseconds);
    const answer = await fetch(url, { redirect: 'error', signal });
    const body = (await answer.json()) as { token?: unknown; access_token?: unknown };
    const token = body.token ?? body.access_token;
    return answer.status === 200 && typeof token === 'string' ? token : undefined;
  }
}
