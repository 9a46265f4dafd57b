import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { systemIds } from '#platform/crypto';
import { startHttpServer } from '#platform/http';
import { type Logger, silentLogger } from '#platform/telemetry';
import { createRegistryHandler } from '../http/create-registry-handler.ts';
import type { AccessChallenge, RegistryAccess } from '../http/registry-access.ts';
import type { Registry } from '../registry.ts';
import { alice, attemptActor } from './content.ts';
import { openRegistryFixture, type RegistryFixtureOptions } from './registry-fixture.ts';

/** The `/v2` edge over HTTP, with a registry in memory behind it. */
export interface EdgeFixture extends AsyncDisposable {
  readonly registry: Registry;
  readonly port: number;
  /** Messages that were logged as failures. */
  readonly failures: readonly string[];
  send(request: TestRequest): Promise<TestAnswer>;
}

export interface TestRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The codes of an error's envelope. */
  readonly codes: readonly string[];
}

export async function openEdge(
  options: RegistryFixtureOptions & { readonly wrap?: (registry: Registry) => Registry } = {},
): Promise<EdgeFixture> {
  const store = options.blobAddress === undefined ? 'memory' : 'bucket';
  const fixture = await openRegistryFixture({ dialect: 'sqlite', store }, options);
  const failures: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (_fields, message) => {
      failures.push(message);
    },
  };
  const { registry } = fixture;
  const served = options.wrap?.(registry) ?? registry;
  const handler = createRegistryHandler({ registry: served, access: testAccess, logger });
  const address = { host: '127.0.0.1', port: 0 };
  const server = await startHttpServer({ ...address, handler, ids: systemIds, logger });
  return {
    registry,
    port: server.port,
    failures,
    send: (request) => send(server.port, request),
    [Symbol.asyncDispose]: async () => {
      await server.drain(0);
      await fixture[Symbol.asyncDispose]();
    },
  };
}

/** `team/app-<n>` is repository n; the Authorization header says what one may do there. */
const testAccess: RegistryAccess = {
  identify: async ({ authorization }) => (authorization === 'none' ? challenge : undefined),
  authorize: async ({ authorization = 'all', name, action }) => {
    const repositoryId = Number(name.split('-').at(-1));
    if (authorization === 'none') return challenge;
    if (Number.isNaN(repositoryId)) return { kind: 'unknown' };
    if (authorization === 'attempt') {
      return { kind: 'granted', repositoryId, actor: attemptActor(41) };
    }
    const allowed = authorization === 'all' || authorization === `${action} ${name}`;
    if (!allowed) return { kind: 'denied', message: 'requested access is denied' };
    return { kind: 'granted', repositoryId, actor: alice };
  },
};

const challenge: AccessChallenge = {
  kind: 'unauthenticated',
  challenge: 'Bearer realm="https://hub.example/token",service="hub.example"',
  message: 'authentication required',
};

/** Sends the path as it stands: a cleverer client would tidy it up. */
async function send(port: number, asked: TestRequest): Promise<TestAnswer> {
  const { method = 'GET', path, headers = {}, body } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<TestAnswer>();
  const request = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
    text(response).then((received) => {
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: received,
        codes: codesOf(received),
      });
    }, reject);
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}

function codesOf(body: string): string[] {
  if (!body.startsWith('{"errors"')) return [];
  const { errors } = JSON.parse(body) as { errors: { code: string }[] };
  return errors.map((error) => error.code);
}
