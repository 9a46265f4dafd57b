import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A registry under load: where it listens, and who sends. */
export interface LoadTarget {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** The value of the Authorization header, where one is wanted. */
  readonly authorization?: string;
}

export interface Load {
  readonly connections: number;
  readonly milliseconds: number;
}

export interface LoadResult {
  readonly putsPerSecond: number;
  readonly latencies: readonly number[];
  readonly failures: number;
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

export const layerCount = 5;

/** Pushes what manifests refer to, the way every registry takes it. */
export async function pushBlobs(target: LoadTarget): Promise<readonly Blob[]> {
  const contents = Array.from({ length: layerCount + 1 }, (_, index) => `blob ${index}`);
  return Promise.all(contents.map((content) => pushBlob(target, content)));
}

async function pushBlob({ host, authorization }: LoadTarget, content: string): Promise<Blob> {
  const headers = authorization === undefined ? {} : { authorization };
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const start = `http://${host}/v2/bench/app/blobs/uploads/`;
  const session = await fetch(start, { method: 'POST', headers });
  const place = new URL(session.headers.get('location') ?? '', start);
  place.searchParams.set('digest', digest);
  const { status } = await fetch(place, {
    method: 'PUT',
    body: content,
    headers: { ...headers, 'content-type': 'application/octet-stream' },
  });
  if (status !== 201) throw new Error(`pushing a blob gave ${status}`);
  return { digest, size: content.length };
}

/** Puts manifests, each under a tag of its own, as fast as they are acknowledged. */
export async function putManifests(
  target: LoadTarget,
  blobs: readonly Blob[],
  { connections, milliseconds }: Load,
): Promise<LoadResult> {
  const progress = { latencies: [], failures: 0, endsAt: performance.now() + milliseconds };
  await Promise.all(
    Array.from({ length: connections }, () => keepPutting(target, blobs, progress)),
  );
  const { latencies, failures } = progress;
  return {
    putsPerSecond: Math.round((latencies.length / milliseconds) * 1000),
    latencies,
    failures,
  };
}

interface Progress {
  readonly latencies: number[];
  failures: number;
  readonly endsAt: number;
}

/** One connection that sends the next request when the last was answered. */
async function keepPutting(
  target: LoadTarget,
  blobs: readonly Blob[],
  progress: Progress,
): Promise<void> {
  const [address, port] = target.host.split(':');
  const socket = connect(Number(port), address);
  socket.setNoDelay();
  await once(socket, 'connect');
  while (performance.now() < progress.endsAt) {
    const begun = performance.now();
    const status = await exchange(socket, putRequest(target, blobs));
    progress.latencies.push(performance.now() - begun);
    if (status !== 201) progress.failures += 1;
  }
  socket.destroy();
}

/** Sends a request whose answer has no body, and gives its status: as little work as can be. */
function exchange(socket: Socket, request: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let answer = '';
  const read = (chunk: Buffer) => {
    answer += chunk.toString('latin1');
    if (!answer.includes('\r\n\r\n')) return;
    socket.off('data', read);
    socket.off('close', fail);
    resolve(Number(answer.slice(9, 12)));
  };
  const fail = () => reject(new Error('the server closed the connection'));
  socket.on('data', read);
  socket.once('close', fail);
  socket.write(request);
  return promise;
}

const mediaType = 'application/vnd.oci.image.manifest.v1+json';
let serial = 0;

function putRequest({ host, authorization }: LoadTarget, blobs: readonly Blob[]): string {
  serial += 1;
  const body = manifest(blobs, serial);
  return [
    `PUT /v2/bench/app/manifests/tag-${serial} HTTP/1.1`,
    `Host: ${host}`,
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    `Content-Type: ${mediaType}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

function manifest([config, ...layers]: readonly Blob[], number: number): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map((layer) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      ...layer,
    })),
    annotations: { serial: String(number) },
  });
}
