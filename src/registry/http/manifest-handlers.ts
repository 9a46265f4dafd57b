import type { IncomingMessage } from 'node:http';
import { formatReference, headerNames, type Reference } from '#kernel';
import { bodyErrors, readBody } from '#platform/http';
import { largestManifestBytes } from '../manifests/manifest-document.ts';
import type { ManifestDescriptor } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import type { Handler } from './exchange.ts';
import { formatRegistryUrl } from './registry-request.ts';
import { type ReplyHeaders, replyBytes, replyEmpty, replyHead } from './reply.ts';
import { etagOf, isHeldByClient } from './validators.ts';

export const getManifest: Handler<'manifest-get'> = async (exchange, { reference }) => {
  const manifest = await exchange.registry.manifests.get(exchange.visit, reference);
  if (manifest === undefined) throw manifestUnknown(reference);
  if (isHeldByClient(exchange.request.headers, manifest.digest)) {
    return replyEmpty(exchange.response, 304, manifestHeaders(manifest));
  }
  replyBytes(exchange.response, 200, manifestHeaders(manifest), manifest.bytes);
};

export const headManifest: Handler<'manifest-head'> = async (exchange, { reference }) => {
  const manifest = await exchange.registry.manifests.find(exchange.visit, reference);
  if (manifest === undefined) throw manifestUnknown(reference);
  const headers = { ...manifestHeaders(manifest), 'Content-Length': manifest.size };
  replyHead(exchange.response, 200, headers);
  exchange.response.end();
};

export const putManifest: Handler<'manifest-put'> = async (exchange, { name, reference }) => {
  const { request, response, registry, visit } = exchange;
  const bytes = await readManifest(request);
  const mediaType = request.headers['content-type'] ?? '';
  const { digest } = await registry.manifests.put(visit, { reference, mediaType, bytes });
  replyEmpty(response, 201, {
    Location: formatRegistryUrl({ kind: 'manifest-get', name, reference }),
    [headerNames.contentDigest]: digest,
  });
};

export const deleteManifest: Handler<'manifest-delete'> = async (exchange, { reference }) => {
  const { response, registry, visit } = exchange;
  await (reference.kind === 'tag'
    ? registry.tags.remove(visit, reference.tag)
    : registry.manifests.remove(visit, reference.digest));
  replyEmpty(response, 202, {});
};

async function readManifest(request: IncomingMessage): Promise<Uint8Array> {
  try {
    return await readBody(request, largestManifestBytes);
  } catch (error) {
    if (!bodyErrors.is(error)) throw error;
    throw registryErrors.fail('MANIFEST_TOO_LARGE', 'a manifest has at most 4 MiB');
  }
}

function manifestHeaders({ digest, mediaType }: ManifestDescriptor): ReplyHeaders {
  return { 'Content-Type': mediaType, [headerNames.contentDigest]: digest, ETag: etagOf(digest) };
}

function manifestUnknown(reference: Reference) {
  return registryErrors.fail('MANIFEST_UNKNOWN', 'the repository holds no such manifest', {
    detail: { [reference.kind]: formatReference(reference) },
  });
}
