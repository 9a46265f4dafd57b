import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import type { Findings } from './findings.ts';

/*
 * Goes into the attacked server with `--import`, and measures there how long one turn of its event loop
 * keeps all others waiting: by the processor's time that the loop's thread took between two beats, so
 * that a busy machine makes nothing look worse. Answers on a port of its own.
 */

const beatMilliseconds = 2;
const blockedMilliseconds = 150;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let longest = 0;
let before = usedMilliseconds();

function usedMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function beat(): void {
  const used = usedMilliseconds();
  longest = Math.max(longest, used - before);
  before = used;
}

/** Does what attacks try to make the server do. */
function block(): void {
  const until = usedMilliseconds() + blockedMilliseconds;
  while (usedMilliseconds() < until);
}

/** What was found since the last call, and a new beginning. */
function takeFindings(): Findings {
  beat();
  const longestTurnMilliseconds = longest;
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  before = usedMilliseconds();
  longest = 0;
  return { longestTurnMilliseconds, heldBytes: heapUsed + external };
}

function watch(): void {
  setInterval(beat, beatMilliseconds).unref();
  createServer(({ url }, response) => {
    if (url === '/block') block();
    response.end(url === '/block' ? '' : JSON.stringify(takeFindings()));
  })
    .listen(Number(process.env['SLIPWAY_TEST_PROBE_PORT']), '127.0.0.1')
    .unref();
}

// Threads of the server load it as well.
if (isMainThread) watch();
