import type { Attempt } from '#protocol';
import type { Style } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { formatDuration } from '../output/time-text.ts';

type Phase = Attempt['phases'][number];

const barWidth = 32;

/** The phases of an attempt under one another, each with a bar where it lay in time. */
export function drawTimeline(attempt: Attempt, now: number, style: Style): string {
  const startedAt = Date.parse(attempt.startedAt);
  const wholeMilliseconds = Math.max(1, endOf(attempt, now) - startedAt);
  const rows = attempt.phases.map((phase) => {
    const from = (Date.parse(phase.startedAt) - startedAt) / wholeMilliseconds;
    const to = (endOf(phase, now) - startedAt) / wholeMilliseconds;
    return [
      `  ${phase.name}`,
      drawBar(from, to, paintOf(phase, style)),
      describePhase(phase, now, style),
    ];
  });
  return rows.length === 0 ? '  (no phase has begun)' : formatTable(['  PHASE', '', 'TOOK'], rows);
}

/** `4.2 s`, with the exit code where it is not 0. */
export function describePhase(phase: Phase, now: number, style: Style): string {
  const took = formatDuration(endOf(phase, now) - Date.parse(phase.startedAt));
  if (phase.endedAt === undefined) return style.busy(`${took} so far`);
  return hasFailed(phase) ? style.bad(`${took}, exit code ${phase.exitCode}`) : took;
}

export function hasFailed({ exitCode }: Phase): boolean {
  return exitCode !== undefined && exitCode !== 0;
}

function endOf({ endedAt }: { readonly endedAt?: string | undefined }, now: number): number {
  return endedAt === undefined ? now : Date.parse(endedAt);
}

function paintOf(phase: Phase, style: Style): (text: string) => string {
  if (phase.endedAt === undefined) return style.busy;
  return hasFailed(phase) ? style.bad : style.good;
}

function drawBar(from: number, to: number, paint: (text: string) => string): string {
  const first = Math.min(barWidth - 1, Math.max(0, Math.floor(from * barWidth)));
  const length = Math.max(1, Math.min(barWidth, Math.round(to * barWidth)) - first);
  const rest = Math.max(0, barWidth - first - length);
  return `${' '.repeat(first)}${paint('█'.repeat(length))}${' '.repeat(rest)}`;
}
