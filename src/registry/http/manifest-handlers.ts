import type { IncomingMessage } from 'node:http';
import { formatReference, headerNames, type Reference } from '#kernel';
import { largestManifestBytes } from '../manifests/manifest-document.ts';
import type { ManifestDescriptor } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import { bytesOf, type Handler } from './exchange.ts';
import { formatRegistryUrl } from './registry-request.ts';
import { type ReplyHeaders, replyBytes, replyEmpty, replyHead } from './reply.ts';

export const getManifest: Handler<'manifest-get'> = async (exchange, { reference }) => {
  const manifest = await exchange.registry.manifests.get(exchange.visit, reference);
  if (manifest === undefined) throw manifestUnknown(reference);
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
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bytesOf(request)) {
    bytes += chunk.length;
    if (bytes > largestManifestBytes) {
      throw registryErrors.fail('MANIFEST_TOO_LARGE', 'a manifest has at most 4 MiB');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function manifestHeaders({ digest, mediaType }: ManifestDescriptor): ReplyHeaders {
  return { 'Content-Type': mediaType, [headerNames.contentDigest]: digest, ETag: `"${digest}"` };
}

function manifestUnknown(reference: Reference) {
  return registryErrors.fail('MANIFEST_UNKNOWN', 'the repository holds no such manifest', {
    detail: { [reference.kind]: formatReference(reference) },
  });
}
