import { expect } from 'vitest';
import type { BuildConfigurationInput } from '#protocol';
import type { Settings } from './installation.ts';
import { type BuildOutcome, type Outcome, readOutcome } from './outcome.ts';
import { openScene } from './scene.ts';
import type { Step } from './steps.ts';

/** A story about automated builds: how things stand, what happens, and what is to be seen then. */
export interface Scenario {
  readonly settings?: Settings;
  readonly configuration: BuildConfigurationInput;
  readonly steps: readonly Step[];
  /** What is left out may be as it likes. */
  readonly expected: Partial<Omit<Outcome, 'builds'>> & {
    readonly builds: readonly ExpectedBuild[];
  };
}

interface ExpectedBuild extends Partial<Omit<BuildOutcome, 'log' | 'message'>> {
  /** Each has to match a line, in this order. */
  readonly log?: readonly (string | RegExp)[];
  readonly message?: string | RegExp;
}

/** A test that plays the scenario on an installation of its own. */
export function playing(scenario: Scenario): () => Promise<void> {
  return async () => {
    await using scene = await openScene(scenario.settings ?? {}, scenario.configuration);

    for (const step of scenario.steps) await step(scene);

    compare(await readOutcome(scene), scenario.expected);
  };
}

function compare(outcome: Outcome, { builds, ...others }: Scenario['expected']): void {
  expect(outcome).toMatchObject(others);
  if (others.tags !== undefined) expect(outcome.tags).toEqual(others.tags);
  expect(outcome.builds.map(({ state }) => state)).toHaveLength(builds.length);
  for (const [index, { log = [], message, ...exact }] of builds.entries()) {
    const build = outcome.builds[index];
    expect(build).toMatchObject(exact);
    if (message !== undefined) expect(build?.message).toMatch(message);
    expectLines(build?.log ?? [], log);
  }
}

function expectLines(lines: readonly string[], wanted: readonly (string | RegExp)[]): void {
  let from = 0;
  for (const pattern of wanted) {
    const found = lines.findIndex((line, index) => index >= from && matches(line, pattern));
    expect(found, `${pattern} in\n${lines.join('\n')}`).toBeGreaterThanOrEqual(0);
    from = found + 1;
  }
}

function matches(line: string, pattern: string | RegExp): boolean {
  return typeof pattern === 'string' ? line.includes(pattern) : pattern.test(line);
}
