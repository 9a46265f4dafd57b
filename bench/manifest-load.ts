import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { mediaTypes, parseReference, systemClock } from '#kernel';
import {
  type Credential,
  createRegistryClient,
  type ImageContent,
  imageContent,
  manifestDocument,
  putImage,
} from '#transfer';

/** A registry under load: where it listens, and who sends. */
export interface LoadTarget {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly credential?: Credential & { readonly kind: 'password' };
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

export const layerCount = 5;
const repositoryName = 'bench/app';

/** What the manifests of a load refer to: a configuration and layers. */
export type LoadBlobs = ImageContent['blobs'];

/** Pushes what manifests refer to, the way every registry takes it. */
export async function pushBlobs({ host, credential }: LoadTarget): Promise<LoadBlobs> {
  const registry = `http://${host}`;
  await using client = createRegistryClient({ registry, credential, clock: systemClock });
  const layers = Array.from({ length: layerCount }, (_, index) => Buffer.from(`layer ${index}`));
  const image = imageContent({ made: 'for a bench' }, layers);
  await putImage(client.repository(repositoryName), parseReference('blobs'), image);
  return image.blobs;
}

/** Puts manifests, each under a tag of its own, as fast as they are acknowledged. */
export async function putManifests(
  target: LoadTarget,
  blobs: LoadBlobs,
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
  blobs: LoadBlobs,
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

let serial = 0;

function putRequest({ host, credential }: LoadTarget, blobs: LoadBlobs): string {
  serial += 1;
  const body = manifest(blobs, serial);
  return [
    `PUT /v2/${repositoryName}/manifests/tag-${serial} HTTP/1.1`,
    `Host: ${host}`,
    ...(credential === undefined ? [] : [`Authorization: Basic ${basicOf(credential)}`]),
    `Content-Type: ${mediaTypes.ociManifest}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

function basicOf({ username, password }: NonNullable<LoadTarget['credential']>): string {
  return btoa(`${username}:${password}`);
}

function manifest(blobs: LoadBlobs, number: number): string {
  const [config, ...layers] = blobs.map(({ descriptor }) => descriptor);
  if (config === undefined) throw new Error('there is no configuration');
  const annotations = { serial: String(number) };
  return JSON.stringify({ ...manifestDocument(config, layers), annotations });
}
