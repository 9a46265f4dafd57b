import type { Clock } from '#kernel';
import type { Authorizer } from '../auth/authorizer.ts';
import type { Scope } from '../auth/scope.ts';
import { transferErrors } from '../transfer-errors.ts';
import { type Answer, discard, headerOf } from './answer.ts';
import { refusalOf } from './refusal.ts';
import type { Outgoing, Transport } from './transport.ts';

/** A request to a registry, before anybody knows how to be let in or where the bytes lie. */
export interface RegistryRequest extends Omit<Outgoing, 'url' | 'body'> {
  /** Path and query below the registry's address, or a place that it named. */
  readonly target: string | URL;
  readonly scope: Scope;
  /** Gives the body, a second time too: the first may have been sent in vain. */
  readonly body?: () => Promise<NonNullable<Outgoing['body']>>;
  /** What the request is for, as messages go on after "did not": `give the manifest latest`. */
  readonly intent: string;
  /** The statuses that are answers; any other is an error. */
  readonly statuses: readonly number[];
}

/**
 * Sends a request with the right credential, once more after a 401 that says how. Reads follow
 * redirects; the credential goes to the registry's own origin alone, and never from TLS to plain HTTP.
 * Throws what `RegistryClient` says.
 */
export type RegistryCall = (request: RegistryRequest) => Promise<Answer>;

export interface RegistryCallOptions {
  readonly registry: URL;
  readonly transport: Transport;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
}

const mostRedirects = 5;

export function createRegistryCall(options: RegistryCallOptions): RegistryCall {
  return async (request) => {
    const answer = await follow(options, request);
    if (request.statuses.includes(answer.status)) return answer;
    throw await refusalOf(answer, request.intent, options.clock);
  };
}

async function follow(options: RegistryCallOptions, request: RegistryRequest): Promise<Answer> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  let url = new URL(request.target, options.registry);
  for (let redirects = 0; ; redirects += 1) {
    const answer = await sendAuthorized(options, request, url);
    if (!isRead || !isRedirect(answer)) return answer;
    await discard(answer);
    if (redirects === mostRedirects) throw astray(answer, 'too often');
    url = placeOf(answer);
  }
}

async function sendAuthorized(
  { registry, transport, authorizer }: RegistryCallOptions,
  request: RegistryRequest,
  url: URL,
): Promise<Answer> {
  const send = async (authorization?: string) => {
    const headers = { ...request.headers, ...(authorization && { authorization }) };
    return transport.send({ ...request, url, headers, body: await request.body?.() });
  };
  if (url.origin !== registry.origin) return send();
  const { scope, signal } = request;
  const sent = await authorizer.headerFor(scope, signal);
  const answer = await send(sent);
  if (answer.status !== 401) return answer;
  const better = await renew(authorizer, answer, { scope, sent, signal });
  if (better === undefined) return answer;
  await discard(answer);
  return send(better);
}

interface Refused extends Pick<RegistryRequest, 'scope' | 'signal'> {
  readonly sent: string | undefined;
}

async function renew(
  authorizer: Authorizer,
  answer: Answer,
  { scope, sent, signal }: Refused,
): Promise<string | undefined> {
  try {
    const challenges = headerOf(answer, 'www-authenticate');
    return await authorizer.renew({ scope, sent, challenges }, signal);
  } catch (error) {
    await discard(answer);
    throw error;
  }
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function isRedirect({ status }: Answer): boolean {
  return redirects.has(status);
}

/**
 * Where an answer's Location leads. Throws `REGISTRY_ANSWER_INVALID` where it leads nowhere, or out of
 * TLS; only the own host may call itself `http:` there, as registries do that don't know of the proxy
 * before them.
 */
export function placeOf(answer: Answer): URL {
  const location = headerOf(answer, 'location');
  if (location === undefined || !URL.canParse(location, answer.url.href)) {
    throw astray(answer, 'nowhere');
  }
  const place = new URL(location, answer.url);
  if (place.protocol === 'https:') return place;
  if (place.protocol !== 'http:') throw astray(answer, 'nowhere');
  if (answer.url.protocol === 'http:') return place;
  if (place.host !== answer.url.host) throw astray(answer, 'out of TLS');
  place.protocol = 'https:';
  return place;
}

function astray({ url: { host } }: Answer, where: string): Error {
  return transferErrors.fail('REGISTRY_ANSWER_INVALID', `${host} sends its clients ${where}`, {
    detail: { registry: host },
  });
}
