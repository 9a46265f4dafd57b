import { type Clock, parseForeignName } from '#kernel';
import { createAuthorizer } from './auth/authorizer.ts';
import type { Credential } from './auth/credential.ts';
import { noScope } from './auth/scope.ts';
import { putBlob } from './blobs/put-blob.ts';
import { findBlob, openBlob } from './blobs/read-blob.ts';
import type { MayReach } from './http/address-guard.ts';
import { discard, headerOf } from './http/answer.ts';
import { createRegistryCall, type RegistryCall } from './http/registry-call.ts';
import { createTransport, type GatewayAddress } from './http/transport.ts';
import { listTags } from './list-tags.ts';
import { deleteManifest, findManifest, getManifest, putManifest } from './manifests.ts';
import type { CallOptions, RegistryClient, RemoteRepository } from './registry-client.ts';
import type { RepositoryParts } from './repository-parts.ts';
import { transferErrors } from './transfer-errors.ts';

export interface RegistryClientOptions {
  /** Scheme, host and port: whether it is spoken to by TLS is decided here. */
  readonly registry: URL | string;
  readonly credential?: Credential | undefined;
  readonly clock: Clock;
  /** Where the connections lead instead of to the registry's own address; it passes requests on. */
  readonly gateway?: GatewayAddress | undefined;
  /**
   * Whom connections may lead to, once a name is resolved: for a registry that a stranger names, and
   * wherever it sends its clients. `isPublicAddress` keeps all of them out of private networks.
   */
  readonly mayReach?: MayReach | undefined;
  /** How long a connection may stand still while it should move; a transfer may take hours. */
  readonly silenceMilliseconds?: number;
}

/** Throws `REGISTRY_ADDRESS_INVALID`. Disposing of the client breaks off what is under way. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { clock, credential, gateway, mayReach, silenceMilliseconds = 60_000 } = options;
  const registry = parseAddress(options.registry);
  const transport = createTransport({ gateway, mayReach, silenceMilliseconds });
  const authorizer = createAuthorizer({ registry, credential, transport, clock });
  const call = createRegistryCall({ registry, transport, authorizer, clock });
  return {
    host: registry.host,
    ping: (callOptions) => ping(registry, call, callOptions),
    repository: (name) => remoteRepository({ registry, call, name: parseForeignName(name) }),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

function remoteRepository(parts: RepositoryParts): RemoteRepository {
  return {
    name: parts.name,
    getManifest: (reference, options) => getManifest(parts, reference, options),
    findManifest: (reference, options) => findManifest(parts, reference, options),
    putManifest: (reference, content, options) => putManifest(parts, reference, content, options),
    deleteManifest: (reference, options) => deleteManifest(parts, reference, options),
    listTags: (options) => listTags(parts, options),
    findBlob: (digest, options) => findBlob(parts, digest, options),
    openBlob: (blob, options) => openBlob(parts, blob, options),
    putBlob: (blob, source, options) => putBlob(parts, blob, source, options),
  };
}

async function ping(
  { host }: URL,
  call: RegistryCall,
  { signal }: CallOptions = {},
): Promise<void> {
  const intent = 'answer as a registry';
  const answer = await call({
    method: 'GET',
    target: '/v2/',
    scope: noScope,
    intent,
    statuses: [200],
    signal,
  });
  await discard(answer);
  // What a proxy or a log-in page in its place says to everything.
  if (!headerOf(answer, 'content-type')?.includes('html')) return;
  throw transferErrors.fail('REGISTRY_ANSWER_INVALID', `${host} did not ${intent}: it is a page`, {
    detail: { registry: host },
  });
}

function parseAddress(address: URL | string): URL {
  const url = URL.canParse(address.toString()) ? new URL(address) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url !== undefined && isWeb && url.href === `${url.origin}/`) return url;
  throw transferErrors.fail(
    'REGISTRY_ADDRESS_INVALID',
    'the address of a registry is http:// or https://, its host, and a port if it has one',
  );
}
