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
const linesAtOnce = 500;

/**
 * What happens to a build, until it has ended and every line was given: its report whenever that
 * changes, and the lines of one attempt after the other.
 */
export async function* followBuild(
  builds: Builds,
  buildId: number,
  { signal, ...start }: FollowOptions,
): AsyncGenerator<FollowedEvent, void> {
  using changes = watchChanges(builds, buildId, signal);
  let place: Place = start;
  let shown = '';
  while (!signal.aborted) {
    changes.expect();
    const report = await builds.history.report(buildId);
    if (report === undefined) return;
    const answer = reportAnswer(report);
    if (JSON.stringify(answer) !== shown) yield { event: { type: 'build', build: answer } };
    shown = JSON.stringify(answer);
    const step = await readOn(builds, report, place);
    yield* step.lines;
    place = step.place;
    if (step.ahead === 'end') {
      yield { event: { type: 'end', state: report.state } };
      return;
    }
    if (step.ahead === 'wait') await changes.come();
  }
}

/** The next line to give; no attempt as long as none has begun. */
interface Place {
  readonly attempt?: number;
  readonly from: number;
}

interface Step {
  readonly lines: readonly FollowedEvent[];
  readonly place: Place;
  /** Whether there may be more at once, later or never. */
  readonly ahead: 'more' | 'wait' | 'end';
}

/** Lines from a place on. An attempt is left for the next one when it has no more to come. */
async function readOn(
  builds: Builds,
  report: BuildReport,
  { attempt, from }: Place,
): Promise<Step> {
  const current = attempt ?? report.attempts.at(-1)?.number;
  const whenDone = isEnded(report.state) ? 'end' : 'wait';
  if (current === undefined) return { lines: [], place: { from }, ahead: whenDone };
  const range = { from, limit: linesAtOnce };
  const page = await builds.logs.read(`${report.id}-${current}`, range);
  const lines = page.lines.map((line) => ({
    id: `${current}:${line.number}`,
    event: { type: 'line', attempt: current, line: lineAnswer(line) } as const,
  }));
  const place = { attempt: current, from: page.next };
  if (lines.length > 0) return { lines, place, ahead: 'more' };
  if (!page.isComplete) return { lines, place, ahead: 'wait' };
  const later = report.attempts.find(({ number }) => number > current)?.number;
  if (later === undefined) return { lines, place, ahead: whenDone };
  return { lines, place: { attempt: later, from: 0 }, ahead: 'more' };
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
      if (signal.aborted) return;
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
