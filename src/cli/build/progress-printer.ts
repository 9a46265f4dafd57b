import type { Clock } from '#kernel';
import type { Attempt, BuildReport } from '#protocol';
import type { Output } from '../command/command-context.ts';
import { formatClock } from '../output/time-text.ts';
import { describeOutcome, describeSource, describeTags } from './build-words.ts';
import { describePublished } from './describe-build.ts';
import { describePhase, hasFailed } from './timeline.ts';

/** Whether so much of the log was shown already that the end of a phase may be told. */
export type HasPassed = (attempt: number, phase: string) => boolean;

export interface ProgressPrinterOptions {
  readonly output: Output;
  readonly clock: Clock;
  /** Whether the beginnings of phases are told; not where a log with headings shows them. */
  readonly beginnings: boolean;
}

/** Tells what changed from one report of a build to the next: queue, phases, tags, outcome. */
export class ProgressPrinter {
  readonly #options: ProgressPrinterOptions;
  /** What was said already, so that nothing is said twice. */
  readonly #said = new Set<string>();

  constructor(options: ProgressPrinterOptions) {
    this.#options = options;
  }

  /** The way to the end: what waits, and the phases that have passed. */
  print(build: BuildReport, hasPassed: HasPassed = () => true): void {
    this.#say('title', `${titleOf(build)}: ${describeSource(build)} → ${describeTags(build)}`);
    if (build.waiting !== undefined) {
      const { position, reason } = build.waiting;
      this.#say(`waiting ${position} ${reason}`, `  queued, place ${position}: ${reason}`);
    }
    for (const attempt of build.attemptList) this.#printAttempt(attempt, hasPassed);
  }

  /** The newest attempt's tags, and the outcome: what is said last. */
  printEnd(build: BuildReport): void {
    const { style } = this.#options.output;
    for (const tag of build.attemptList.at(-1)?.published ?? []) {
      this.#say(`${tag.tag} ${tag.outcome}`, `  ${describePublished(tag, style)}`);
    }
    this.#say('outcome', `${titleOf(build)}: ${describeOutcome(build, style)}`);
  }

  #printAttempt(attempt: Attempt, hasPassed: HasPassed): void {
    const { number, phases } = attempt;
    if (number > 1) this.#say(`attempt ${number}`, `  attempt ${number} begins`);
    for (const phase of phases) {
      if (this.#options.beginnings) this.#printBeginning(number, phase);
      if (phase.endedAt === undefined || !hasPassed(number, phase.name)) continue;
      this.#printEnding(number, phase, phase.endedAt);
    }
  }

  #printBeginning(attempt: number, { name, startedAt }: Phase): void {
    const { style } = this.#options.output;
    const time = style.dim(formatClock(startedAt));
    this.#say(`${attempt} ${name} begins`, `  ${time} ${style.busy('▶')} ${name}`);
  }

  #printEnding(attempt: number, phase: Phase, endedAt: string): void {
    const { output, clock } = this.#options;
    const mark = hasFailed(phase) ? output.style.bad('✗') : output.style.good('✓');
    const took = describePhase(phase, clock.now(), output.style);
    const time = output.style.dim(formatClock(endedAt));
    this.#say(
      `${attempt} ${phase.name} ends`,
      `  ${time} ${mark} ${phase.name.padEnd(14)} ${took}`,
    );
  }

  #say(key: string, text: string): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#options.output.line(text);
  }
}

type Phase = Attempt['phases'][number];

function titleOf({ id, repository }: BuildReport): string {
  return `Build ${id} of ${repository}`;
}
