import type { Clock } from '#kernel';
import type { Attempt, BuildReport } from '#protocol';
import type { Output } from '../command/command-context.ts';
import { formatClock } from '../output/time-text.ts';
import { describeOutcome, describeSource, describeTags, hasEnded } from './build-words.ts';
import { describePublished } from './describe-build.ts';
import { describePhase, hasFailed } from './timeline.ts';

/** Tells what changed from one report of a build to the next: queue, phases, tags, outcome. */
export class ProgressPrinter {
  readonly #output: Output;
  readonly #clock: Clock;
  /** What was said already, so that nothing is said twice. */
  readonly #said = new Set<string>();

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  print(build: BuildReport): void {
    const { style } = this.#output;
    const title = `Build ${build.id} of ${build.repository}`;
    this.#say('title', `${title}: ${describeSource(build)} → ${describeTags(build)}`);
    if (build.waiting !== undefined) {
      const { position, reason } = build.waiting;
      this.#say(`waiting ${position} ${reason}`, `  queued, place ${position}: ${reason}`);
    }
    for (const attempt of build.attemptList) this.#printAttempt(attempt);
    if (hasEnded(build.state)) this.#say('outcome', `${title}: ${describeOutcome(build, style)}`);
  }

  #printAttempt(attempt: Attempt): void {
    const { style } = this.#output;
    const key = `attempt ${attempt.number}`;
    if (attempt.number > 1) this.#say(key, `  attempt ${attempt.number} begins`);
    for (const phase of attempt.phases) {
      const name = phase.name.padEnd(14);
      this.#say(
        `${key} ${phase.name} begins`,
        `  ${style.dim(formatClock(phase.startedAt))} ${style.busy('▶')} ${phase.name}`,
      );
      if (phase.endedAt === undefined) continue;
      const mark = hasFailed(phase) ? style.bad('✗') : style.good('✓');
      this.#say(
        `${key} ${phase.name} ends`,
        `  ${style.dim(formatClock(phase.endedAt))} ${mark} ${name} ${describePhase(phase, this.#clock.now(), style)}`,
      );
    }
    for (const tag of attempt.published) {
      this.#say(`${key} tag ${tag.tag} ${tag.outcome}`, `  ${describePublished(tag, style)}`);
    }
  }

  #say(key: string, text: string): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#output.line(text);
  }
}
