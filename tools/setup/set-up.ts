import { SetUpFailure } from './set-up-failure.ts';
import type { Step } from './step.ts';

/**
 * Installs what is missing and says so before it begins; quiet where everything is there. Throws
 * `SetUpFailure`, which says what to do.
 */
export async function setUp(steps: readonly Step[], say: (line: string) => void): Promise<void> {
  const presence = await Promise.all(steps.map((step) => step.isPresent()));
  const missing = steps.filter((_, position) => !presence[position]);
  if (missing.length === 0) return;
  say('Missing on this machine, to be installed now:');
  for (const { name, brings } of missing) say(`  ${name} (${brings})`);
  for (const step of missing) await installAndProbe(step, say);
}

async function installAndProbe(step: Step, say: (line: string) => void): Promise<void> {
  const startedAt = performance.now();
  say(`Installing ${step.name} …`);
  await step.install();
  if (!(await step.isPresent())) {
    throw new SetUpFailure(
      `${step.name} was installed (${step.brings}) and yet does not work.`,
      `see that it can be run from PATH, then start again`,
    );
  }
  say(`Installed ${step.name} in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}
