import type { Clock, Instant } from '#kernel';
import { readBounded } from '../http/answer.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { refusalOf } from '../http/refusal.ts';
import type { Transport } from '../http/transport.ts';
import { transferErrors } from '../transfer-errors.ts';
import type { Challenge } from './challenge.ts';
import { basicHeader, type Credential } from './credential.ts';
import { formatScope, type Scope } from './scope.ts';

/** Where a registry sends its clients for tokens. */
export interface TokenService {
  readonly realm: URL;
  /** The registry's own name there. */
  readonly service: string | undefined;
}

export interface Token {
  readonly text: string;
  readonly staleAt: Instant;
}

/**
 * The service that a `Bearer` challenge names. Throws `REGISTRY_ANSWER_INVALID` for a realm that no
 * credential may be sent to: none of http or https, one with a credential in it, or plain HTTP where
 * the registry itself is behind TLS.
 */
export function tokenServiceOf({ parameters }: Challenge, registry: URL): TokenService {
  const text = parameters.get('realm') ?? '';
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  if (realm === undefined || !isAllowed(realm, registry)) {
    throw transferErrors.fail(
      'REGISTRY_ANSWER_INVALID',
      `${registry.host} sends for tokens to a place that no credential may go to`,
      { detail: { registry: registry.host, realm: text.slice(0, 200) } },
    );
  }
  return { realm, service: parameters.get('service') };
}

function isAllowed({ protocol, username, password }: URL, registry: URL): boolean {
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && registry.protocol === 'http:');
}

export interface TokenWish {
  readonly service: TokenService;
  readonly scope: Scope;
  readonly credential: (Credential & { kind: 'password' }) | undefined;
}

const longestAnswer = 1024 * 1024;
const mostValues = 1_000;

/**
 * Asks for a token (distribution, "Token Authentication Specification"). The service may grant less
 * than was asked for. Throws `REGISTRY_DENIED` for a credential that it does not take, and what every
 * request can end with.
 */
export async function fetchToken(
  { service: { realm, service }, scope, credential }: TokenWish,
  transport: Transport,
  clock: Clock,
): Promise<Token> {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const text of formatScope(scope)) url.searchParams.append('scope', text);
  const headers = credential && { authorization: basicHeader(credential) };
  const askedAt = clock.now();
  const answer = await transport.send({ method: 'GET', url, headers });
  if (answer.status !== 200) throw await refusalOf(answer, 'give a token', clock);
  const body = parseAnswer(await readBounded(answer, longestAnswer), mostValues);
  return readToken(body, url.host, askedAt);
}

interface TokenAnswer {
  readonly token?: unknown;
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
}

/** What the specification says where the service says nothing. */
const usualSeconds = 60;

/** A token is not used in the last tenth of its life: a request may take its time to arrive. */
function readToken(body: unknown, host: string, askedAt: Instant): Token {
  const { token, access_token, expires_in } = (body ?? {}) as TokenAnswer;
  const text = token ?? access_token;
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) {
    throw transferErrors.fail('REGISTRY_ANSWER_INVALID', `${host} answered without a token`, {
      detail: { registry: host },
    });
  }
  const seconds = typeof expires_in === 'number' && expires_in > 0 ? expires_in : usualSeconds;
  return { text, staleAt: askedAt + seconds * 900 };
}
