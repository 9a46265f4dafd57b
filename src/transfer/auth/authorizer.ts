import type { Clock } from '#kernel';
import type { Transport } from '../http/transport.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { basicHeader, type Credential } from './credential.ts';
import { fetchToken, type TokenService, tokenServiceOf } from './fetch-token.ts';
import { mergeScopes, parseScope, type Scope } from './scope.ts';
import { TokenCache } from './token-cache.ts';

/**
 * Makes the Authorization header for requests to one registry, and to nobody else: whoever sends a
 * request elsewhere leaves the header out. May be used for many requests at once.
 */
export interface Authorizer {
  /**
   * The header for a request that needs these rights, before anything was refused; `undefined` as
   * long as the registry has asked for nothing.
   */
  headerFor(scope: Scope, signal?: AbortSignal): Promise<string | undefined>;

  /**
   * The header to send instead, after a 401; `undefined` when there is nothing better to send. What
   * the challenge asks for is asked for together with what the request needs.
   */
  renew(refused: RefusedRequest, signal?: AbortSignal): Promise<string | undefined>;
}

export interface RefusedRequest {
  readonly scope: Scope;
  /** The Authorization header that was not enough. */
  readonly sent: string | undefined;
  /** WWW-Authenticate of the answer. */
  readonly challenges: string | undefined;
}

export interface AuthorizerOptions {
  readonly registry: URL;
  readonly credential?: Credential | undefined;
  readonly transport: Transport;
  readonly clock: Clock;
}

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { credential } = options;
  if (credential?.kind !== 'bearer') return new ChallengedAuthorizer(options, credential);
  const header = `Bearer ${credential.token}`;
  return { headerFor: async () => header, renew: async () => undefined };
}

type Password = Credential & { readonly kind: 'password' };

/** Learns from challenges what the registry wants, and keeps to it. */
class ChallengedAuthorizer implements Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #password: Password | undefined;
  #tokens: TokenCache;
  #wanted: 'nothing' | 'basic' | TokenService = 'nothing';

  constructor(options: AuthorizerOptions, password: Password | undefined) {
    this.#options = options;
    this.#password = password;
    this.#tokens = new TokenCache(options.clock);
  }

  async headerFor(scope: Scope, signal?: AbortSignal): Promise<string | undefined> {
    if (this.#wanted === 'nothing') return undefined;
    if (this.#wanted === 'basic') return this.#password && basicHeader(this.#password);
    return this.#tokenHeader(this.#wanted, scope, signal);
  }

  async renew(refused: RefusedRequest, signal?: AbortSignal): Promise<string | undefined> {
    const challenges = parseChallenges(refused.challenges ?? '');
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return this.#renewToken(bearer, refused, signal);
    const asksForBasic = challenges.some(({ scheme }) => scheme === 'basic');
    if (!asksForBasic || this.#password === undefined) return undefined;
    this.#wanted = 'basic';
    const header = basicHeader(this.#password);
    return header === refused.sent ? undefined : header;
  }

  #renewToken(
    challenge: Challenge,
    { scope, sent }: RefusedRequest,
    signal?: AbortSignal,
  ): Promise<string> {
    const service = tokenServiceOf(challenge, this.#options.registry);
    if (!isSame(this.#wanted, service)) this.#tokens = new TokenCache(this.#options.clock);
    this.#wanted = service;
    if (sent !== undefined) this.#tokens.drop(sent.slice('Bearer '.length));
    const asked = parseScope(challenge.parameters.get('scope') ?? '');
    return this.#tokenHeader(service, mergeScopes(scope, asked), signal);
  }

  async #tokenHeader(service: TokenService, scope: Scope, signal?: AbortSignal): Promise<string> {
    const { transport, clock } = this.#options;
    const wish = { service, scope, credential: this.#password };
    const token = this.#tokens.get(scope, () => fetchToken(wish, transport, clock));
    return `Bearer ${await unlessAborted(token, signal)}`;
  }
}

function isSame(known: 'nothing' | 'basic' | TokenService, service: TokenService): boolean {
  return (
    typeof known !== 'string' &&
    known.realm.href === service.realm.href &&
    known.service === service.service
  );
}

/** Others may wait for the same: who leaves ends only the own waiting. */
async function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
