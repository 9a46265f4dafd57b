import type { Principal } from '#access';
import { type BuildState, formatAttemptId } from '#kernel';
import { Waiter } from '#platform/schedule';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { isEnded } from '../lifecycle/build-state-policy.ts';
import { findBuild } from '../lifecycle/build-store.ts';
import type { NumberedLine } from '../logs/log-line.ts';
import { isLast, nextAfter, readPieces, requireLogHead } from '../logs/read-log.ts';
import { type Asking, keepAsking, type Renew } from '../permission/keep-asking.ts';
import { requireBuildFor } from '../permission/require-build-for.ts';
import { type BuildReport, reportOf } from './build-report.ts';

export interface FollowRequest {
  /** Whose lines to begin with; the newest attempt's unless it is said. */
  readonly attempt?: number | undefined;
  /** The number of the first line: where an earlier connection broke. */
  readonly from: number;
  readonly signal: AbortSignal;
  /** Who follows, by now: asked at most once a second. */
  readonly renew: Renew;
}

/** What is new of a build that is followed. */
export type BuildNews =
  | { readonly type: 'build'; readonly build: BuildReport }
  | { readonly type: 'line'; readonly attempt: number; readonly line: NumberedLine }
  /** The build has ended and every line was given. */
  | { readonly type: 'end'; readonly state: BuildState };

type FollowingParts = Pick<
  BuildsParts,
  'database' | 'queue' | 'logs' | 'logger' | 'events' | 'clock'
>;

interface Following extends FollowRequest {
  readonly principal: Principal;
  readonly buildId: number;
}

const lookMilliseconds = 1_000;

/** See `Builds.follow`. */
export async function followBuild(
  parts: FollowingParts,
  following: Following,
): Promise<AsyncIterable<BuildNews>> {
  const { buildId, attempt } = following;
  const { attempts } = await readReport(parts, following);
  if (attempt === undefined || attempts.some(({ number }) => number === attempt)) {
    return tellNews(parts, following);
  }
  throw buildsErrors.fail('ATTEMPT_UNKNOWN', `build ${buildId} has no attempt ${attempt}`);
}

async function* tellNews(
  parts: FollowingParts,
  following: Following,
): AsyncGenerator<BuildNews, void> {
  const { signal } = following;
  using changes = new Waiter(parts.clock, (wake) => onChange(parts, following.buildId, wake));
  const asking = keepAsking(parts, { ...following, action });
  let place: Place = following;
  let told = '';
  while (!signal.aborted && (await asking.now())) {
    const build = await readBuild(parts, following.buildId);
    if (build === undefined) return;
    const text = JSON.stringify(build);
    if (text !== told) yield { type: 'build', build };
    told = text;
    const step = yield* tellLines({ ...parts, asking }, build, place);
    place = step.place;
    if (step.ahead === 'end') {
      yield { type: 'end', state: build.state };
      return;
    }
    if (step.ahead === 'wait') await changes.come(lookMilliseconds, signal);
  }
}

const action = 'viewBuildLogs';

function readReport(
  { database, queue }: FollowingParts,
  { principal, buildId }: Following,
): Promise<BuildReport> {
  return database.read(async (tx) =>
    reportOf(tx, queue, await requireBuildFor(tx, { principal, buildId, action })),
  );
}

/** For who may see it. */
function readBuild(
  { database, queue }: FollowingParts,
  buildId: number,
): Promise<BuildReport | undefined> {
  return database.read(async (tx) => {
    const build = await findBuild(tx, buildId);
    return build && reportOf(tx, queue, build);
  });
}

/** The next line to give; no attempt as long as none has begun. */
interface Place {
  readonly attempt?: number | undefined;
  readonly from: number;
}

interface Step {
  readonly place: Place;
  /** Whether there may be more at once, later or never. */
  readonly ahead: 'more' | 'wait' | 'end';
}

/** Lines from a place on. An attempt is left for the next one when it has no more to come. */
async function* tellLines(
  { asking, ...parts }: FollowingParts & { readonly asking: Asking },
  { id: buildId, state, attempts }: BuildReport,
  { attempt, from }: Place,
): AsyncGenerator<BuildNews, Step> {
  const current = attempt ?? attempts.at(-1)?.number;
  const whenDone = isEnded(state) ? 'end' : 'wait';
  if (current === undefined) return { place: { from }, ahead: whenDone };
  const attemptId = formatAttemptId({ buildId, number: current });
  // In this order: lines that come in between are only more than the head promises.
  const head = await requireLogHead(parts, attemptId);
  const { startedAt } = head;
  let next = from;
  for await (const lines of readPieces(parts, { id: attemptId, startedAt }, from)) {
    for (const line of lines) {
      // A reader may take its time with what was read.
      if (!(await asking.lately())) return { place: { from: next }, ahead: 'more' };
      yield { type: 'line', attempt: current, line };
    }
    next = nextAfter(lines, next);
  }
  const place = { attempt: current, from: next };
  if (!isLast(head, next)) return { place, ahead: next > from ? 'more' : 'wait' };
  const later = attempts.find(({ number }) => number > current)?.number;
  if (later !== undefined) return { place: { attempt: later, from: 0 }, ahead: 'more' };
  return { place, ahead: next > from ? 'more' : whenDone };
}

function onChange({ events }: FollowingParts, buildId: number, wake: () => void): () => void {
  const ofBuild = `${buildId}-`;
  return events.on((event) => {
    const concerns =
      (event.type === 'build-changed' && event.buildId === buildId) ||
      (event.type === 'log-grew' && event.attemptId.startsWith(ofBuild));
    if (concerns) wake();
  });
}
