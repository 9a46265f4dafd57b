import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckpointAnswer, CheckpointRequest } from './checkpoints.ts';

/**
 * Moves the WAL into the database file beside the server's event loop: a checkpoint syncs files and
 * would block it. By the clock it does so passively, waiting for nobody.
 */
const { path, everyMilliseconds } = workerData as { path: string; everyMilliseconds: number };
const database = new DatabaseSync(path);
/** How long whoever reads the WAL may keep it from being cut back. */
database.exec('pragma busy_timeout = 500');
database.exec('pragma synchronous = normal');

const timer = setInterval(() => checkpoint('passive'), everyMilliseconds);

parentPort?.on('message', ({ id, kind }: CheckpointRequest) => {
  if (kind === 'close') return close();
  const answer: CheckpointAnswer = { id, isDone: checkpoint(kind) };
  return parentPort?.postMessage(answer);
});

/** Whether all that it was to do is done; a disk that is full or fails is met again the next time. */
function checkpoint(mode: 'passive' | 'truncate'): boolean {
  try {
    return database.prepare(`pragma wal_checkpoint(${mode})`).get()?.['busy'] === 0;
  } catch {
    return false;
  }
}

function close(): void {
  clearInterval(timer);
  database.close();
  parentPort?.close();
}
