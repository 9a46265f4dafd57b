import { headerNames } from '#kernel';
import type { ByteRange } from '#storage';
import { blobUnknown } from '../blobs/create-blobs.ts';
import type { BlobDescriptor } from '../registry.ts';
import { parseRange } from './byte-ranges.ts';
import { type Handler, leavingOf } from './exchange.ts';
import { type ReplyHeaders, replyEmpty, replyHead, sendBody } from './reply.ts';
import { etagOf, isHeldByClient, rangeFor } from './validators.ts';

export const headBlob: Handler<'blob-head'> = async (exchange, { digest }) => {
  const blob = await exchange.registry.blobs.find(exchange.visit, digest);
  if (blob === undefined) throw blobUnknown(digest);
  replyHead(exchange.response, 200, { ...blobHeaders(blob), 'Content-Length': blob.size });
  exchange.response.end();
};

export const getBlob: Handler<'blob-get'> = async (exchange, { digest }) => {
  const { request, response, registry, visit } = exchange;
  const blob = await registry.blobs.get(visit, digest);
  if (blob === undefined) throw blobUnknown(digest);
  if (isHeldByClient(request.headers, digest)) {
    return replyEmpty(response, 304, blobHeaders(blob));
  }
  const range = parseRange(rangeFor(request.headers, digest), blob.size);
  // A build pulls through a proxy that has no way to anywhere else.
  const elsewhere = visit.actor.stage === undefined ? await blob.redirect() : undefined;
  if (elsewhere !== undefined) return replyEmpty(response, 307, { Location: elsewhere });
  const bytes = await blob.read({ range, signal: leavingOf(exchange) });
  if (bytes === undefined) throw blobUnknown(digest);
  replyHead(response, range === undefined ? 200 : 206, {
    ...blobHeaders(blob),
    ...lengthHeaders(blob, range),
  });
  await sendBody(response, bytes);
};

export const deleteBlob: Handler<'blob-delete'> = async (exchange, { digest }) => {
  await exchange.registry.blobs.unlink(exchange.visit, digest);
  replyEmpty(exchange.response, 202, {});
};

function blobHeaders(blob: BlobDescriptor): ReplyHeaders {
  return {
    'Content-Type': 'application/octet-stream',
    [headerNames.contentDigest]: blob.digest,
    ETag: etagOf(blob.digest),
    'Accept-Ranges': 'bytes',
  };
}

function lengthHeaders({ size }: BlobDescriptor, range: ByteRange | undefined): ReplyHeaders {
  if (range === undefined) return { 'Content-Length': size };
  return {
    'Content-Length': range.last - range.first + 1,
    'Content-Range': `bytes ${range.first}-${range.last}/${size}`,
  };
}
