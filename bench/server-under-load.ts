/**
 * A child process for benches: a whole server on SQLite and files in the folder that the first
 * argument names, with its builder on the fake executor when the second is `builder`. It sends its
 * address once it answers. `measure` begins a measurement, `report` ends it, `stop` ends the process.
 */
import { startServer } from '#app';
import { loadConfig } from '#platform/config';
import { freePort } from '#platform/http/testing';
import { createLogger } from '#platform/telemetry';
import { type LoopDelay, watchLoopDelay } from './bench-result.ts';

export interface ServerReport {
  readonly loopDelay: LoopDelay;
  readonly cpuSeconds: number;
  readonly memoryMegabytes: number;
}

const [data = '', builder] = process.argv.slice(2);
const environment = { ...process.env };
const config = loadConfig({
  environment,
  flags: {
    data,
    listen: `127.0.0.1:${await freePort()}`,
    builder: String(builder === 'builder'),
    builderExecutor: 'fake',
    logLevel: 'error',
    concurrentBuilds: '1000',
    pendingBuilds: '1000',
    adminUsername: 'bench',
    adminPassword: 'bench password',
  },
});
// The child builder reads its settings from the environment, as everywhere.
const forChild = { ...environment, SLIPWAY_BUILDER_EXECUTOR: 'fake', SLIPWAY_LOG_LEVEL: 'error' };
const logger = createLogger('error', process.stderr);
const server = await startServer({ config, environment: forChild, logger });
let measurement = beginMeasurement();

process.on('message', (message) => {
  if (message === 'measure') measurement = beginMeasurement();
  if (message === 'report') process.send?.(endMeasurement());
  if (message === 'stop') void server[Symbol.asyncDispose]().then(() => process.disconnect());
});
process.send?.({ host: `127.0.0.1:${server.port}` });

function beginMeasurement() {
  return { loop: watchLoopDelay(), cpu: process.cpuUsage() };
}

function endMeasurement(): ServerReport {
  const { user, system } = process.cpuUsage(measurement.cpu);
  return {
    loopDelay: measurement.loop.stop(),
    cpuSeconds: (user + system) / 1_000_000,
    memoryMegabytes: Math.round(process.memoryUsage().rss / 1_000_000),
  };
}
