/**
 * How many manifests a second a server takes, each durable before it is acknowledged, and
 * how long its event loop waits meanwhile. The server runs in a process of its own, on SQLite and
 * files, with authentication; every request is another manifest under another tag. `node bench/manifest-put.ts` prints it.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type BenchResult, percentile } from './bench-result.ts';
import { benchAuthorization, startBenchServer } from './bench-server.ts';

const connections = 32;
const warmUpMilliseconds = 2_000;
const measuredMilliseconds = 10_000;
const layerCount = 5;

export async function run(): Promise<BenchResult> {
  await using server = await startBenchServer({ withBuilder: false });
  const blobs = await pushBlobs(server.host);
  await putFor(server.host, blobs, warmUpMilliseconds);
  server.measure();
  const { latencies, failures } = await putFor(server.host, blobs, measuredMilliseconds);
  const report = await server.report();
  return {
    name: 'manifest-put',
    work: `manifests of ${layerCount} layers to tags of their own, durable, ${connections} connections`,
    figures: {
      putsPerSecond: Math.round((latencies.length / measuredMilliseconds) * 1000),
      p50Milliseconds: percentile(latencies, 50),
      p99Milliseconds: percentile(latencies, 99),
      failures,
      cpuMicrosecondsPerPut: Math.round((report.cpuSeconds * 1e6) / latencies.length),
      memoryMegabytes: report.memoryMegabytes,
    },
    loopDelay: report.loopDelay,
  };
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

async function pushBlobs(host: string): Promise<readonly Blob[]> {
  const contents = Array.from({ length: layerCount + 1 }, (_, index) => `blob ${index}`);
  return Promise.all(contents.map((content) => pushBlob(host, content)));
}

async function pushBlob(host: string, content: string): Promise<Blob> {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const url = `http://${host}/v2/bench/app/blobs/uploads/?digest=${digest}`;
  const headers = { authorization: benchAuthorization };
  const { status } = await fetch(url, { method: 'POST', body: content, headers });
  if (status !== 201) throw new Error(`pushing a blob gave ${status}`);
  return { digest, size: content.length };
}

interface Progress {
  readonly latencies: number[];
  failures: number;
  readonly endsAt: number;
}

async function putFor(
  host: string,
  blobs: readonly Blob[],
  milliseconds: number,
): Promise<Progress> {
  const progress = { latencies: [], failures: 0, endsAt: performance.now() + milliseconds };
  await Promise.all(Array.from({ length: connections }, () => keepPutting(host, blobs, progress)));
  return progress;
}

/** One connection that sends the next request when the last was answered. */
async function keepPutting(
  host: string,
  blobs: readonly Blob[],
  progress: Progress,
): Promise<void> {
  const [address, port] = host.split(':');
  const socket = connect(Number(port), address);
  socket.setNoDelay();
  await once(socket, 'connect');
  while (performance.now() < progress.endsAt) {
    const begun = performance.now();
    const status = await exchange(socket, putRequest(host, blobs));
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

function putRequest(host: string, [config, ...layers]: readonly Blob[]): string {
  serial += 1;
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map((layer) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      ...layer,
    })),
    annotations: { serial: String(serial) },
  });
  return [
    `PUT /v2/bench/app/manifests/tag-${serial} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: ${benchAuthorization}`,
    `Content-Type: ${mediaType}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`);
