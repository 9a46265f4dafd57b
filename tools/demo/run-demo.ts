import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAutomatedBuild } from './create-automated-build.ts';
import type { Demo } from './demo.ts';
import { DemoFailure } from './demo-failure.ts';
import { sayGoodbye, sayHowToStop } from './farewell.ts';
import { followBuilds } from './follow-builds.ts';
import { openDemo } from './open-demo.ts';
import { prepareMachine } from './prepare-machine.ts';
import { pushBaseImage } from './push-base-image.ts';
import { pushSample } from './push-sample.ts';
import { runImages } from './run-images.ts';
import type { Screen } from './screen.ts';
import { serverLog, startServer } from './start-server.ts';

export interface RunDemoOptions {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  readonly port: number | undefined;
  readonly keep: boolean;
}

/** The whole demo. Whatever ends it, what it made is removed, unless it is to be kept. */
export async function runDemo({ keep, ...options }: RunDemoOptions): Promise<void> {
  const demo = await openDemo(options);
  let isKept = false;
  try {
    await prepareMachine(demo);
    const serverProcess = await startServer(demo);
    await playThrough(demo);
    sayGoodbye(demo);
    isKept = keep;
    if (isKept) sayHowToStop(demo, serverProcess);
  } catch (error) {
    demo.signal.throwIfAborted();
    throw await withLog(demo, error);
  } finally {
    if (!isKept) await demo.cleanUp.disposeAsync();
  }
}

async function playThrough(demo: Demo): Promise<void> {
  await createAutomatedBuild(demo);
  await pushBaseImage(demo);
  await pushSample(demo);
  await followBuilds(demo);
  await runImages(demo);
}

/** The demo's folder goes, but what the server said is worth keeping after a failure. */
async function withLog(demo: Demo, error: unknown): Promise<unknown> {
  if (!(error instanceof DemoFailure) || !existsSync(serverLog(demo))) return error;
  const kept = join(tmpdir(), `slipway-demo-${demo.port}.log`);
  await copyFile(serverLog(demo), kept);
  return new DemoFailure(error.message, `${error.remedy}\nThe server's log: ${kept}`, error);
}
