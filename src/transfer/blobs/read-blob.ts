import type { Readable } from 'node:stream';
import type { Digest } from '#kernel';
import { repositoryScope } from '../auth/scope.ts';
import type { BlobDescriptor } from '../content/descriptor.ts';
import { discard, numberOf } from '../http/answer.ts';
import { asUnreachable } from '../http/unreachable.ts';
import type { CallOptions, OpenBlobOptions } from '../registry-client.ts';
import type { RepositoryParts } from '../repository-parts.ts';
import { transferErrors } from '../transfer-errors.ts';
import { blobPath, connectToBlob } from './blob-connection.ts';
import { BlobStream } from './blob-stream.ts';

export async function findBlob(
  { call, name }: RepositoryParts,
  digest: Digest,
  { signal }: CallOptions = {},
): Promise<BlobDescriptor | undefined> {
  const answer = await call({
    method: 'HEAD',
    target: blobPath(name, digest),
    scope: repositoryScope(name, 'pull'),
    intent: `say whether ${name} has ${digest}`,
    statuses: [200, 404],
    signal,
  });
  await discard(answer);
  if (answer.status === 404) return undefined;
  const size = numberOf(answer, 'content-length');
  if (size === undefined) throw invalid(answer.url, `did not tell the size of ${digest}`);
  return { digest, size };
}

export async function openBlob(
  parts: RepositoryParts,
  blob: BlobDescriptor,
  { from = 0, signal }: OpenBlobOptions = {},
): Promise<Readable | undefined> {
  const first = await connectToBlob(parts, blob, { from, signal });
  if (first === undefined) return undefined;
  return new BlobStream({
    blob,
    host: parts.registry.host,
    from,
    first,
    reopen: async (place) => {
      const next = await connectToBlob(parts, blob, { from: place, signal });
      if (next === undefined) throw invalid(parts.registry, `lost ${blob.digest} meanwhile`);
      return next;
    },
    describe: (cause) => asUnreachable(cause, parts.registry, signal),
  });
}

function invalid({ host }: URL, what: string): Error {
  const detail = { registry: host };
  return transferErrors.fail('REGISTRY_ANSWER_INVALID', `${host} ${what}`, { detail });
}
