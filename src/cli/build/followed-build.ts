import type { BuildEvent, BuildReport } from '#protocol';
import type { CommandContext } from '../command/command-context.ts';
import { LogPrinter } from './log-printer.ts';
import { ProgressPrinter } from './progress-printer.ts';

type Line = Extract<BuildEvent, { type: 'line' }>;

/**
 * A build as it is shown while it runs. A report runs ahead of the log, so where lines are shown the
 * end of a phase is told only when a line of a later phase comes, or the build has ended.
 */
export class FollowedBuild {
  readonly #lines: boolean;
  readonly #logs: LogPrinter;
  readonly #progress: ProgressPrinter;
  #newest: BuildReport | undefined;
  #place: Line | undefined;

  constructor(
    context: CommandContext,
    { lines, timestamps = false }: { readonly lines: boolean; readonly timestamps?: boolean },
  ) {
    const { output, progress, clock } = context;
    this.#lines = lines;
    this.#logs = new LogPrinter({ output, timestamps });
    this.#progress = new ProgressPrinter({
      output: lines ? progress : output,
      clock,
      beginnings: !lines,
    });
  }

  show(event: BuildEvent): void {
    switch (event.type) {
      case 'build':
        this.#newest = event.build;
        this.#tellProgress();
        return;
      case 'line':
        if (this.#lines) this.#showLine(event);
        return;
      case 'end':
        this.#tellEnd();
    }
  }

  #showLine(event: Line): void {
    const isNewPhase = event.line.phase !== this.#place?.line.phase;
    this.#place = event;
    if (isNewPhase) this.#tellProgress();
    this.#logs.print(event.attempt, event.line);
  }

  #tellProgress(): void {
    if (this.#newest === undefined) return;
    if (!this.#lines) this.#progress.print(this.#newest);
    else this.#progress.print(this.#newest, this.#isBeforePlace(this.#newest));
  }

  #tellEnd(): void {
    if (this.#newest === undefined) return;
    this.#progress.print(this.#newest);
    this.#progress.printEnd(this.#newest);
  }

  /** Phases stand in a report in the order in which they ran. */
  #isBeforePlace(report: BuildReport) {
    const place = this.#place;
    return (attempt: number, phase: string): boolean => {
      if (place === undefined || attempt > place.attempt) return false;
      if (attempt < place.attempt) return true;
      const phases = report.attemptList.find(({ number }) => number === attempt)?.phases ?? [];
      const names = phases.map(({ name }): string => name);
      return names.indexOf(phase) < names.indexOf(place.line.phase);
    };
  }
}
