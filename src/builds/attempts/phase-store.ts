import { type Instant, optionalField, type PhaseName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { BuildsTables } from '../builds-tables.ts';
import { byAttempt } from './by-attempt.ts';

/** A part of an attempt: an entry of the timeline. */
export interface Phase {
  readonly name: PhaseName;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly exitCode?: number;
}

/** A phase begins, or ends with its exit code, as the builder's clock saw it. */
export type PhaseReport =
  | { readonly event: 'start'; readonly phase: PhaseName; readonly at: Instant }
  | {
      readonly event: 'end';
      readonly phase: PhaseName;
      readonly at: Instant;
      readonly exitCode: number;
    };

/** A report that comes twice changes nothing, and no phase ends before it began. */
export async function putPhase(
  tx: WriteTransaction,
  attemptId: string,
  report: PhaseReport,
): Promise<void> {
  if (report.event === 'start') return startPhase(tx, attemptId, report);
  await tx
    .tables<BuildsTables>()
    .updateTable('attempt_phase')
    .set((phase) => ({
      ended_at: phase
        .case()
        .when('started_at', '>', report.at)
        .then(phase.ref('started_at'))
        .else(report.at)
        .end(),
      exit_code: report.exitCode,
    }))
    .where('attempt_id', '=', attemptId)
    .where('name', '=', report.phase)
    .where('ended_at', 'is', null)
    .execute();
}

async function startPhase(
  tx: WriteTransaction,
  attemptId: string,
  { phase, at }: PhaseReport,
): Promise<void> {
  await tx
    .tables<BuildsTables>()
    .insertInto('attempt_phase')
    .values({ attempt_id: attemptId, name: phase, started_at: at })
    .onConflict((conflict) => conflict.columns(['attempt_id', 'name']).doNothing())
    .execute();
}

/** By attempt, in the order in which they began. */
export async function listPhases(
  tx: ReadTransaction | WriteTransaction,
  attemptIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Phase[]>> {
  if (attemptIds.length === 0) return new Map();
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('attempt_phase')
    .selectAll()
    .where('attempt_id', 'in', attemptIds)
    .orderBy('started_at')
    .orderBy('name')
    .execute();
  return byAttempt(rows, (row) => ({
    name: row.name,
    startedAt: row.started_at,
    ...optionalField('endedAt', row.ended_at),
    ...optionalField('exitCode', row.exit_code),
  }));
}
