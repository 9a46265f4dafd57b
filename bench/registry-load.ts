/**
 * What a registry gives and takes: manifests by tag with a registry token, blobs large and small, each
 * put durable before it is acknowledged. `node bench/run.ts registry-load` prints it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { BenchResult } from './bench-result.ts';
import { type BenchServer, benchCredential, startBenchServer } from './bench-server.ts';
import { pushBlobs } from './manifest-load.ts';

const repository = 'bench/app';
const mebibyte = 1024 * 1024;
const getConnections = 32;
const putConnections = 8;
const milliseconds = 8_000;

export async function run(script?: string): Promise<BenchResult> {
  await using server = await startBenchServer({ withBuilder: false, script });
  await pushBlobs({ host: server.host, credential: benchCredential });
  const caller = await logIn(server.host);
  await repeat(caller, { connections: getConnections, milliseconds: 1_000 }, getManifest);
  server.measure();
  const gets = await repeat(caller, { connections: getConnections, milliseconds }, getManifest);
  const afterGets = await server.report();
  const puts = await repeat(caller, { connections: putConnections, milliseconds }, putSmallBlob);
  const small = await getSmallBlobs(caller, server);
  const large = await putLargeBlobs(caller, server);
  const reading = await getLargeBlobs(caller, server, large.digest);
  return {
    name: 'registry-load',
    work: `manifests by tag at ${getConnections} connections, blobs of 4 KiB at ${putConnections}, blobs of 64 and 256 MiB one by one`,
    figures: {
      manifestGetsPerSecond: gets.perSecond,
      manifestGetCpuMicroseconds: Math.round((afterGets.cpuSeconds * 1e6) / gets.count),
      smallBlobPutsPerSecond: puts.perSecond,
      smallBlobGetsPerSecond: small.perSecond,
      smallBlobGetCpuMicroseconds: small.cpuMicroseconds,
      largeBlobPutMegabytesPerSecond: large.megabytesPerSecond,
      largeBlobPutCpuSecondsPerGigabyte: large.cpuSecondsPerGigabyte,
      largeBlobGetMegabytesPerSecond: reading.megabytesPerSecond,
      largeBlobGetCpuSecondsPerGigabyte: reading.cpuSecondsPerGigabyte,
      memoryMegabytes: reading.memoryMegabytes,
    },
    loopDelay: afterGets.loopDelay,
  };
}

interface Caller {
  readonly host: string;
  readonly agent: Agent;
  readonly authorization: string;
}

async function logIn(host: string): Promise<Caller> {
  const agent = new Agent({ keepAlive: true, maxSockets: getConnections });
  const basic = `Basic ${btoa(`${benchCredential.username}:${benchCredential.password}`)}`;
  const path = `/token?service=${host}&scope=repository:${repository}:pull,push`;
  const answer = await send({ host, agent, authorization: basic }, { path });
  const { token } = JSON.parse(answer.body.toString()) as { readonly token: string };
  return { host, agent, authorization: `Bearer ${token}` };
}

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly body?: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function send(caller: Caller, { method = 'GET', path, body }: Sent): Promise<Answer> {
  const answer = await open(caller, { method, path, ...(body && { body }) });
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: Buffer.concat(chunks),
  };
}

function open(caller: Caller, { method = 'GET', path, body }: Sent): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const [hostname, port] = caller.host.split(':');
  const headers = {
    authorization: caller.authorization,
    accept: 'application/vnd.oci.image.manifest.v1+json',
    ...(body && { 'content-type': 'application/octet-stream', 'content-length': body.length }),
  };
  const options = { hostname, port, path, method, headers, agent: caller.agent };
  request(options, resolve).once('error', reject).end(body);
  return promise;
}

async function getManifest(caller: Caller): Promise<void> {
  const { status } = await send(caller, { path: `/v2/${repository}/manifests/blobs` });
  if (status !== 200) throw new Error(`a manifest was answered with ${status}`);
}

async function putSmallBlob(caller: Caller): Promise<void> {
  await putBlob(caller, randomBytes(4096));
}

async function getSmallBlobs(
  caller: Caller,
  server: BenchServer,
): Promise<{ readonly perSecond: number; readonly cpuMicroseconds: number }> {
  const path = `/v2/${repository}/blobs/${await putBlob(caller, randomBytes(4096))}`;
  server.measure();
  const gets = await repeat(caller, { connections: getConnections, milliseconds }, async () => {
    const { status } = await send(caller, { path });
    if (status !== 200) throw new Error(`a blob was answered with ${status}`);
  });
  const { cpuSeconds } = await server.report();
  return {
    perSecond: gets.perSecond,
    cpuMicroseconds: Math.round((cpuSeconds * 1e6) / gets.count),
  };
}

/** In two requests, as most clients do. */
async function putBlob(caller: Caller, body: Buffer): Promise<string> {
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const started = await send(caller, { method: 'POST', path: `/v2/${repository}/blobs/uploads/` });
  const location = new URL(started.headers.location ?? '', `http://${caller.host}`);
  location.searchParams.set('digest', digest);
  const path = location.pathname + location.search;
  const { status } = await send(caller, { method: 'PUT', path, body });
  if (status !== 201) throw new Error(`a blob was answered with ${status}`);
  return digest;
}

async function repeat(
  caller: Caller,
  load: { readonly connections: number; readonly milliseconds: number },
  work: (caller: Caller) => Promise<void>,
): Promise<{ readonly count: number; readonly perSecond: number }> {
  const endsAt = performance.now() + load.milliseconds;
  let count = 0;
  const keepOn = async () => {
    for (; performance.now() < endsAt; count += 1) await work(caller);
  };
  await Promise.all(Array.from({ length: load.connections }, keepOn));
  return { count, perSecond: Math.round((count / load.milliseconds) * 1000) };
}

async function putLargeBlobs(caller: Caller, server: BenchServer) {
  const bodies = Array.from({ length: 6 }, () => randomBytes(64 * mebibyte));
  const last = randomBytes(256 * mebibyte);
  await putBlob(caller, bodies[0] ?? last);
  server.measure();
  const begun = performance.now();
  for (const body of bodies.slice(1)) await putBlob(caller, body);
  const rate = rateOf(5 * 64 * mebibyte, performance.now() - begun, await server.report());
  return { ...rate, digest: await putBlob(caller, last) };
}

async function getLargeBlobs(caller: Caller, server: BenchServer, digest: string) {
  const read = async () => {
    const answer = await open(caller, { path: `/v2/${repository}/blobs/${digest}` });
    for await (const _ of answer);
  };
  await read();
  server.measure();
  const begun = performance.now();
  for (let index = 0; index < 4; index += 1) await read();
  const report = await server.report();
  const rate = rateOf(4 * 256 * mebibyte, performance.now() - begun, report);
  return { ...rate, memoryMegabytes: report.memoryMegabytes };
}

function rateOf(bytes: number, elapsed: number, { cpuSeconds }: { readonly cpuSeconds: number }) {
  return {
    megabytesPerSecond: Math.round(bytes / 1e3 / elapsed),
    cpuSecondsPerGigabyte: Math.round((cpuSeconds / (bytes / 1e9)) * 100) / 100,
  };
}
