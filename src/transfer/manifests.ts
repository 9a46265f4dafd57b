import {
  type Digest,
  digestAlgorithm,
  formatReference,
  headerNames,
  isDigest,
  mediaTypes,
  parseManifestMediaType,
  type Reference,
} from '#kernel';
import { digestOf } from '#platform/crypto';
import { repositoryScope } from './auth/scope.ts';
import type { Content, Descriptor } from './content/descriptor.ts';
import { type Answer, discard, headerOf, numberOf, readBounded } from './http/answer.ts';
import type { CallOptions } from './registry-client.ts';
import type { RepositoryParts } from './repository-parts.ts';
import { transferErrors } from './transfer-errors.ts';

/** What registries have to take, and the most that ours does (OCI distribution spec, "Push"). */
const largestManifestBytes = 4 * 1024 * 1024;
const accept = Object.values(mediaTypes).join(', ');

export async function getManifest(
  parts: RepositoryParts,
  reference: Reference,
  options: CallOptions = {},
): Promise<Content | undefined> {
  const answer = await ask(parts, 'GET', reference, options);
  if (answer === undefined) return undefined;
  const bytes = await readBounded(answer, largestManifestBytes, options.signal);
  const wanted = digestFor(answer, reference);
  const digest = digestOf(bytes, wanted && digestAlgorithm(wanted));
  if (wanted !== undefined && digest !== wanted) throw mismatch(answer, wanted, digest);
  return { descriptor: { mediaType: mediaTypeOf(answer), digest, size: bytes.length }, bytes };
}

export async function findManifest(
  parts: RepositoryParts,
  reference: Reference,
  options: CallOptions = {},
): Promise<Descriptor | undefined> {
  const answer = await ask(parts, 'HEAD', reference, options);
  if (answer === undefined) return undefined;
  await discard(answer);
  const digest = digestFor(answer, reference);
  const size = numberOf(answer, 'content-length');
  if (digest !== undefined && size !== undefined) {
    return { mediaType: mediaTypeOf(answer), digest, size };
  }
  return (await getManifest(parts, reference, options))?.descriptor;
}

export async function putManifest(
  { call, name }: RepositoryParts,
  reference: Reference,
  { descriptor: { mediaType, digest }, bytes }: Content,
  { signal }: CallOptions = {},
): Promise<void> {
  const answer = await call({
    method: 'PUT',
    target: manifestPath(name, reference),
    scope: repositoryScope(name, 'pull', 'push'),
    headers: { 'content-type': mediaType },
    body: async () => bytes,
    intent: `take the manifest ${formatReference(reference)} of ${name}`,
    statuses: [201, 202],
    signal,
  });
  await discard(answer);
  const named = namedDigest(answer);
  const isOther = named !== undefined && digestOf(bytes, digestAlgorithm(named)) !== named;
  if (isOther) throw mismatch(answer, digest, named);
}

export async function deleteManifest(
  { call, name }: RepositoryParts,
  reference: Reference,
  { signal }: CallOptions = {},
): Promise<boolean> {
  const answer = await call({
    method: 'DELETE',
    target: manifestPath(name, reference),
    scope: repositoryScope(name, 'delete'),
    intent: `delete the manifest ${formatReference(reference)} of ${name}`,
    statuses: [200, 202, 204, 404],
    signal,
  });
  await discard(answer);
  return answer.status !== 404;
}

/** The answer that has the manifest, or its head; `undefined` where there is none. */
async function ask(
  { call, name }: RepositoryParts,
  method: 'GET' | 'HEAD',
  reference: Reference,
  { signal }: CallOptions,
): Promise<Answer | undefined> {
  const answer = await call({
    method,
    target: manifestPath(name, reference),
    scope: repositoryScope(name, 'pull'),
    headers: { accept },
    intent: `give the manifest ${formatReference(reference)} of ${name}`,
    statuses: [200, 404],
    signal,
  });
  if (answer.status === 200) return answer;
  await discard(answer);
  return undefined;
}

/** The digest that the manifest has to have: the one asked for, which the registry may not deny. */
function digestFor(answer: Answer, reference: Reference): Digest | undefined {
  const named = namedDigest(answer);
  if (reference.kind === 'tag') return named;
  const { digest } = reference;
  const isSameKind = named !== undefined && digestAlgorithm(named) === digestAlgorithm(digest);
  if (isSameKind && named !== digest) throw mismatch(answer, digest, named);
  return digest;
}

function namedDigest(answer: Answer): Digest | undefined {
  const text = headerOf(answer, headerNames.contentDigest);
  return text !== undefined && isDigest(text) ? text : undefined;
}

function mediaTypeOf(answer: Answer): string {
  const text = headerOf(answer, 'content-type') ?? '';
  try {
    return parseManifestMediaType(text);
  } catch (cause) {
    const { host } = answer.url;
    throw transferErrors.fail(
      'REGISTRY_ANSWER_INVALID',
      `${host} gave ${text.slice(0, 130) || 'something without a type'} for a manifest`,
      { cause, detail: { registry: host } },
    );
  }
}

function mismatch({ url: { host } }: Answer, wanted: Digest, found: Digest) {
  const message = `the manifest ${wanted} is ${found} for ${host}`;
  const detail = { registry: host, digest: wanted, found };
  return transferErrors.fail('CONTENT_MISMATCH', message, { detail });
}

function manifestPath(name: string, reference: Reference): string {
  return `/v2/${name}/manifests/${formatReference(reference)}`;
}
