/**
 * A child process for benches: the registry on SQLite and files in the folder named by the first
 * argument. It sends its address once it listens. `measure` begins a measurement, `report` ends it.
 */
import { startTestRegistry } from '../test/registry/start-test-registry.ts';
import { type LoopDelay, watchLoopDelay } from './bench-result.ts';

export interface ServerReport {
  readonly loopDelay: LoopDelay;
  readonly cpuSeconds: number;
  readonly memoryMegabytes: number;
}

const registry = await startTestRegistry(process.argv[2] ?? '');
let measurement = beginMeasurement();

process.on('message', (message) => {
  if (message === 'measure') measurement = beginMeasurement();
  if (message === 'report') process.send?.(endMeasurement());
});
process.send?.({ host: registry.host });

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
