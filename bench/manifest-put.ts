/**
 * How many manifests a second a server takes and how long its event loop waits meanwhile: on SQLite
 * and files, with authentication, each durable before it is acknowledged, each another manifest under
 * another tag. Docker's own registry takes the same load in the same run, where it is installed; it
 * has neither authentication nor durability. `node bench/manifest-put.ts` prints it.
 */
import { type BenchResult, type LoopDelay, percentile } from './bench-result.ts';
import { benchCredential, startBenchServer } from './bench-server.ts';
import { type LoadTarget, layerCount, pushBlobs, putManifests } from './manifest-load.ts';
import { startPeerRegistry } from './peer-registry.ts';

const warmUpMilliseconds = 2_000;
const milliseconds = 10_000;

export async function run(script?: string): Promise<BenchResult> {
  const { figures, loopDelay } = await measureSlipway(script);
  const peer = script === undefined ? await measurePeer() : undefined;
  const ratio = (ours: number, theirs: number | undefined) =>
    theirs === undefined ? {} : { ratio: Math.round((ours / theirs) * 100) / 100 };
  const at8 = ratio(figures['putsPerSecondAt8'] ?? 0, peer?.at8);
  const at32 = ratio(figures['putsPerSecondAt32'] ?? 0, peer?.at32);
  return {
    name: 'manifest-put',
    work: `manifests of ${layerCount} layers to tags of their own, durable, at 8 and 32 connections`,
    figures: {
      ...figures,
      ...(peer && { peerPutsPerSecondAt8: peer.at8, peerPutsPerSecondAt32: peer.at32 }),
      ...('ratio' in at8 && { timesThePeerAt8: at8.ratio }),
      ...('ratio' in at32 && { timesThePeerAt32: at32.ratio }),
    },
    loopDelay,
  };
}

async function measureSlipway(script?: string): Promise<{
  figures: Record<string, number>;
  loopDelay: LoopDelay;
}> {
  await using server = await startBenchServer({ withBuilder: false, script });
  const target = { host: server.host, credential: benchCredential };
  const blobs = await pushBlobs(target);
  await putManifests(target, blobs, { connections: 32, milliseconds: warmUpMilliseconds });
  server.measure();
  const at8 = await putManifests(target, blobs, { connections: 8, milliseconds });
  const at32 = await putManifests(target, blobs, { connections: 32, milliseconds });
  const report = await server.report();
  const puts = at8.latencies.length + at32.latencies.length;
  const figures = {
    putsPerSecondAt8: at8.putsPerSecond,
    putsPerSecondAt32: at32.putsPerSecond,
    p50MillisecondsAt32: percentile(at32.latencies, 50),
    p99MillisecondsAt32: percentile(at32.latencies, 99),
    failures: at8.failures + at32.failures,
    cpuMicrosecondsPerPut: Math.round((report.cpuSeconds * 1e6) / puts),
    memoryMegabytes: report.memoryMegabytes,
  };
  return { figures, loopDelay: report.loopDelay };
}

async function measurePeer(): Promise<{ at8: number; at32: number } | undefined> {
  await using peer = await startPeerRegistry();
  if (peer === undefined) {
    console.log(
      'docker-registry is not installed: no ratio to it (apt-get install docker-registry)',
    );
    return undefined;
  }
  const target: LoadTarget = { host: peer.host };
  const blobs = await pushBlobs(target);
  await putManifests(target, blobs, { connections: 32, milliseconds: warmUpMilliseconds });
  const at8 = await putManifests(target, blobs, { connections: 8, milliseconds });
  const at32 = await putManifests(target, blobs, { connections: 32, milliseconds });
  return { at8: at8.putsPerSecond, at32: at32.putsPerSecond };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`);
