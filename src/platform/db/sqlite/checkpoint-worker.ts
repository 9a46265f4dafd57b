import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * Moves the WAL into the database file beside the server's event loop: a checkpoint syncs files and
 * would block it. Passive, so it waits for nobody.
 */
const { path, everyMilliseconds } = workerData as { path: string; everyMilliseconds: number };
const database = new DatabaseSync(path);
database.exec('pragma busy_timeout = 0');
database.exec('pragma synchronous = normal');

const timer = setInterval(() => {
  try {
    database.exec('pragma wal_checkpoint(passive)');
  } catch {
    // A writer holds the file; the next round comes.
  }
}, everyMilliseconds);

parentPort?.once('message', () => {
  clearInterval(timer);
  database.close();
  parentPort?.close();
});
