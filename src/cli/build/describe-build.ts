import type { Attempt, BuildReport } from '#protocol';
import type { Style } from '../output/style.ts';
import { formatDuration, formatTime } from '../output/time-text.ts';
import { describeOutcome, describeSource, describeTags } from './build-words.ts';
import { drawTimeline } from './timeline.ts';

/** A build with its attempts, for people. */
export function describeBuild(build: BuildReport, now: number, style: Style): string {
  const head = [
    `${style.bold(`Build ${build.id} of ${build.repository}`)}: ${describeOutcome(build, style)}`,
    `  source   ${describeSource(build)}`,
    `  rule     ${build.rule}`,
    `  tags     ${describeTags(build)}`,
    `  cause    ${build.cause}`,
    `  times    ${describeTimes(build, now)}`,
    ...(build.waiting === undefined
      ? []
      : [`  waiting  place ${build.waiting.position} in the queue: ${build.waiting.reason}`]),
  ].join('\n');
  return [head, ...build.attemptList.map((each) => describeAttempt(each, now, style))].join('\n\n');
}

function describeTimes({ createdAt, startedAt, finishedAt }: BuildReport, now: number): string {
  const created = `created ${formatTime(createdAt)}`;
  const waitedUntil = startedAt ?? finishedAt;
  const waited =
    (waitedUntil === undefined ? now : Date.parse(waitedUntil)) - Date.parse(createdAt);
  if (startedAt === undefined) return `${created}, waited ${formatDuration(waited)}`;
  const endedAt = finishedAt === undefined ? now : Date.parse(finishedAt);
  const ran = formatDuration(endedAt - Date.parse(startedAt));
  return `${created}, waited ${formatDuration(waited)}, ran ${ran}`;
}

function describeAttempt(attempt: Attempt, now: number, style: Style): string {
  const builder = attempt.builder === undefined ? '' : ` on builder ${attempt.builder}`;
  const why = attempt.message === undefined ? '' : `: ${attempt.message}`;
  return [
    `${style.bold(`Attempt ${attempt.number}`)}${builder}, ${attempt.state.replaceAll('_', ' ')}${why}`,
    drawTimeline(attempt, now, style),
    ...attempt.published.map((tag) => `  ${describePublished(tag, style)}`),
  ].join('\n');
}

export function describePublished(
  { tag, digest, outcome, message }: Attempt['published'][number],
  style: Style,
): string {
  if (outcome === 'moved') return style.good(`published ${tag} → ${digest}`);
  return style.bad(`${tag} not moved: ${message ?? 'refused'}`);
}
