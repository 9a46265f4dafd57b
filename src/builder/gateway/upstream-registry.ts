import type { IncomingMessage } from 'node:http';
import type { Clock } from '#kernel';
import { createTokenSource } from '#transfer';
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
  const tokens = createTokenSource({
    registry: origins['registry-1.docker.io'],
    clock,
    silenceMilliseconds: patienceMilliseconds,
  });
  return {
    pass: async (client, host, agents) => {
      const passage = { origin: origins[host], agents, patienceMilliseconds };
      const headers = endToEnd(client.headers);
      const answer = await sendOn(client, { ...passage, headers });
      if (!needsToken(client, answer)) return answer;
      const challenges = answer.headers['www-authenticate'];
      const authorization = await tokens.answer(challenges).catch(() => undefined);
      if (authorization === undefined) return answer;
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
