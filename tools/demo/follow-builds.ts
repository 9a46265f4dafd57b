import { setTimeout as sleep } from 'node:timers/promises';
import { type Build, buildOperations } from '#protocol';
import { connect } from './connect.ts';
import { type Demo, sampleName, sampleRepository } from './demo.ts';
import { DemoFailure } from './demo-failure.ts';
import { runSlipway } from './slipway-command.ts';

const expectedBuilds = 2;
const plannedWithinMilliseconds = 30_000;

/** Follows both builds to their ends; the first that fails ends the demo. */
export async function followBuilds(demo: Demo): Promise<void> {
  demo.screen.step('Follow the builds: one for the branch, one for the tag');
  for (const build of await awaitBuilds(demo)) {
    const words = ['build', 'logs', String(build.id), '--follow'];
    demo.screen.command(['slipway', ...words]);
    await runSlipway(demo, words, {
      live: true,
      remedy: 'the log above ends with what failed; mend it and run the demo again',
    });
    demo.screen.say();
  }
}

/** Builds are planned in the moment the push is over, or moments later. */
async function awaitBuilds(demo: Demo): Promise<readonly Build[]> {
  const client = await connect(demo);
  const params = { namespace: demo.user.username, name: sampleName };
  const deadline = Date.now() + plannedWithinMilliseconds;
  while (Date.now() < deadline) {
    const { items } = await client.call(buildOperations.list, { params, signal: demo.signal });
    if (items.length >= expectedBuilds) return items.toSorted((a, b) => a.id - b.id);
    await sleep(200, undefined, { signal: demo.signal });
  }
  const deliveries = await runSlipway(demo, ['delivery', 'list', sampleRepository(demo)]);
  throw new DemoFailure(
    `the push did not lead to two builds. What Slipway made of it:\n${deliveries}`,
    'this is a fault of Slipway: please report it with the lines above',
  );
}
