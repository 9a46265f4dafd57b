import { type BuildReport, type Builds, isEnded } from '#builds';
import type { BuildEvent } from '#protocol';
import { lineAnswer, reportAnswer } from './build-answers.ts';

export interface FollowOptions {
  /** Whose lines to begin with; the newest attempt's by default. */
  readonly attempt?: number;
  readonly from: number;
  readonly signal: AbortSignal;
}

/** An event, with the place to resume from where it has one. */
export interface FollowedEvent {
  readonly id?: string;
  readonly event: BuildEvent;
}

const pollMilliseconds = 1_000;

/**
 * What happens to a build, until it has ended and every line was given: its report whenever that
 * changes, and the lines of one attempt after the other.
 */
export async function* followBuild(
  builds: Builds,
  buildId: number,
  options: FollowOptions,
): AsyncGenerator<FollowedEvent, void> {
  const { signal } = options;
  using changes = watchChanges(builds, buildId, signal);
  let attempt = options.attempt;
  let next = options.from;
  let shown = '';
  while (!signal.aborted) {
    changes.expect();
    const report = await builds.history.report(buildId);
    if (report === undefined) return;
    const answer = reportAnswer(report);
    const text = JSON.stringify(answer);
    if (text !== shown) yield { event: { type: 'build', build: answer } };
    shown = text;
    attempt ??= report.attempts.at(-1)?.number;
    const page =
      attempt === undefined ? undefined : await readLines(builds, { buildId, attempt, next });
    for (const { event, number } of page?.events ?? []) {
      yield { id: `${attempt}:${number}`, event };
    }
    next = page?.next ?? next;
    if (page !== undefined && page.events.length > 0) continue;
    const later = laterAttempt(report, attempt);
    if (page?.isComplete !== false && later !== undefined) [attempt, next] = [later, 0];
    else if (page?.isComplete !== false && isEnded(report.state)) {
      yield { event: { type: 'end', state: report.state } };
      return;
    } else await changes.come();
  }
}

interface Place {
  readonly buildId: number;
  readonly attempt: number;
  readonly next: number;
}

async function readLines(builds: Builds, { buildId, attempt, next }: Place) {
  const page = await builds.logs.read(`${buildId}-${attempt}`, { from: next, limit: 500 });
  const events = page.lines.map((line) => ({
    number: line.number,
    event: { type: 'line', attempt, line: lineAnswer(line) } as const,
  }));
  return { events, next: page.next, isComplete: page.isComplete };
}

function laterAttempt({ attempts }: BuildReport, current: number | undefined): number | undefined {
  return attempts.find(({ number }) => current !== undefined && number > current)?.number;
}

/** Waits for something to happen to the build; what other servers do is found by asking again. */
function watchChanges(builds: Builds, buildId: number, signal: AbortSignal) {
  let next = Promise.withResolvers<void>();
  const stop = builds.events.on((event) => {
    const concerns =
      (event.type === 'build-changed' && event.buildId === buildId) ||
      (event.type === 'log-grew' && event.attemptId.startsWith(`${buildId}-`));
    if (concerns) next.resolve();
  });
  return {
    expect: () => {
      next = Promise.withResolvers<void>();
    },
    come: async () => {
      const timer = setTimeout(() => next.resolve(), pollMilliseconds);
      const abort = () => next.resolve();
      signal.addEventListener('abort', abort, { once: true });
      await next.promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
    [Symbol.dispose]: stop,
  };
}
