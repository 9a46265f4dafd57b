import type { IncomingMessage } from 'node:http';
import { request } from 'undici';
import type { Clock } from '#kernel';
import { type Agents, endToEnd, sendOn } from './exchange.ts';
import type { UpstreamHost } from './route-request.ts';

/** The registry that images come from which Slipway doesn't have: Docker Hub. */
export interface UpstreamRegistry {
  /** Passes a request on with the client's own credential, or as nobody in particular. */
  pass(client: IncomingMessage, host: UpstreamHost, agents: Agents): Promise<IncomingMessage>;
}

export type UpstreamOrigins = Readonly<Record<UpstreamHost, URL>>;

const dockerHub: UpstreamOrigins = {
  'registry-1.docker.io': new URL('https://registry-1.docker.io'),
  'auth.docker.io': new URL('https://auth.docker.io'),
};

const patienceMilliseconds = 20_000;

export function createUpstreamRegistry(
  clock: Clock,
  origins: UpstreamOrigins = dockerHub,
): UpstreamRegistry {
  const tokens = new AnonymousTokens(clock, origins['auth.docker.io']);
  return {
    pass: async (client, host, agents) => {
      const passage = { origin: origins[host], agents, patienceMilliseconds };
      const headers = endToEnd(client.headers);
      const answer = await sendOn(client, { ...passage, headers });
      if (!needsToken(client, answer)) return answer;
      const token = await tokens.get(answer.headers['www-authenticate']);
      if (token === undefined) return answer;
      const authorization = `Bearer ${token}`;
      const second = await sendOn(client, { ...passage, headers: { ...headers, authorization } });
      const isBetter = second.statusCode !== 401 && second.statusCode !== 403;
      (isBetter ? answer : second).resume();
      return isBetter ? second : answer;
    },
  };
}

/**
 * Clients were welcomed without a log-in, and some ask for no token after that: the gateway asks for
 * them. A client with a credential of its own keeps using it.
 */
function needsToken(client: IncomingMessage, answer: IncomingMessage): boolean {
  const isRead = client.method === 'GET' || client.method === 'HEAD';
  return answer.statusCode === 401 && isRead && client.headers.authorization === undefined;
}

/** A minute less than the shortest that token services give. */
const tokenMilliseconds = 240_000;
const mostTokens = 200;

class AnonymousTokens {
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
    const answer = await request(url, { headersTimeout: patienceMilliseconds });
    const body = (await answer.body.json()) as { token?: unknown; access_token?: unknown };
    const token = body.token ?? body.access_token;
    return answer.statusCode === 200 && typeof token === 'string' ? token : undefined;
  }
}
