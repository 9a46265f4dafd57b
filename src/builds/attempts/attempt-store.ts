import type { Selectable } from 'kysely';
import { type AttemptState, type Instant, optionalField, type RepositoryName } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { AttemptTable, BuildsTables } from '../builds-tables.ts';
import type { Attempt } from '../lifecycle/build.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

export interface NewAttempt {
  readonly id: string;
  readonly buildId: number;
  readonly number: number;
  readonly builder: string;
  readonly connectionId: number;
  readonly tokenDigest: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly startedAt: Instant;
}

export async function insertAttempt(tx: WriteTransaction, attempt: NewAttempt): Promise<void> {
  await tx
    .tables<BuildsTables>()
    .insertInto('attempt')
    .values({
      id: attempt.id,
      build_id: attempt.buildId,
      number: attempt.number,
      builder: attempt.builder,
      connection_id: attempt.connectionId,
      token_digest: attempt.tokenDigest,
      versions: JSON.stringify(attempt.versions),
      state: 'running',
      started_at: attempt.startedAt,
      log_lines: 0,
      log_bytes: 0,
      log_state: 'open',
    })
    .execute();
}

export async function findAttempt(tx: AnyTransaction, id: string): Promise<Attempt | undefined> {
  const row = await selectAttempts(tx).where('id', '=', id).executeTakeFirst();
  return row && toAttempt(row);
}

/** The first attempt first. */
export async function listAttempts(
  tx: AnyTransaction,
  buildId: number,
): Promise<readonly Attempt[]> {
  const rows = await selectAttempts(tx).where('build_id', '=', buildId).orderBy('number').execute();
  return rows.map(toAttempt);
}

/** How many attempts each of the builds has had; builds without any are left out. */
export async function countAttempts(
  tx: AnyTransaction,
  buildIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (buildIds.length === 0) return new Map();
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('attempt')
    .select(['build_id', (builder) => builder.fn.countAll<number>().as('attempts')])
    .where('build_id', 'in', [...buildIds])
    .groupBy('build_id')
    .execute();
  return new Map(rows.map((row) => [row.build_id, Number(row.attempts)]));
}

/** Whose token it is, and whether it still has power. */
export interface AttemptStanding {
  readonly attemptId: string;
  readonly buildId: number;
  readonly builder: string;
  readonly repositoryId: number;
  /** As it is called now. */
  readonly repositoryName: RepositoryName;
  readonly sourceId: number;
  /** False: it was canceled, lost or has finished. */
  readonly isLive: boolean;
}

type StoredStanding = Omit<AttemptStanding, 'repositoryName'>;

interface StandingRow extends Omit<StoredStanding, 'isLive'> {
  readonly state: AttemptState;
}

const selectStanding = statement<[tokenDigest: string], StandingRow>(
  `select a.id as "attemptId", a.build_id as "buildId", a.builder, a.state,
          b.repository_id as "repositoryId", b.source_id as "sourceId"
   from attempt a join build b on b.id = a.build_id where a.token_digest = ?`,
);

export async function findStanding(
  tx: ReadTransaction,
  tokenDigest: string,
): Promise<StoredStanding | undefined> {
  const row = await tx.first(selectStanding, tokenDigest);
  if (row === undefined) return undefined;
  const { state, ...standing } = row;
  return { ...standing, isLive: state === 'running' };
}

const selectJob = statement<[buildId: number], { jobId: number }>(
  'select job_id as "jobId" from build where id = ?',
);

/** The job that stands for the build. */
export async function findJobOf(
  tx: Pick<ReadTransaction, 'first'>,
  buildId: number,
): Promise<number | undefined> {
  return (await tx.first(selectJob, buildId))?.jobId;
}

export interface AttemptEnd {
  readonly state: Exclude<AttemptState, 'running'>;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly phase?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly endedAt: Instant;
  /** Whether the log is whole. Else the closing lines are still to come. */
  readonly isLogComplete: boolean;
}

export async function updateEnded(
  tx: WriteTransaction,
  id: string,
  end: AttemptEnd,
): Promise<void> {
  await tx
    .tables<BuildsTables>()
    .updateTable('attempt')
    .set({
      state: end.state,
      reason: end.reason ?? null,
      message: end.message ?? null,
      phase: end.phase ?? null,
      exit_code: end.exitCode ?? null,
      ended_at: end.endedAt,
      log_state: end.isLogComplete ? 'complete' : 'open',
    })
    .where('id', '=', id)
    .execute();
  await tx
    .tables<BuildsTables>()
    .updateTable('attempt_phase')
    .set({ ended_at: end.endedAt })
    .where('attempt_id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

function selectAttempts(tx: AnyTransaction) {
  return tx.tables<BuildsTables>().selectFrom('attempt').selectAll();
}

function toAttempt(row: Selectable<AttemptTable>): Attempt {
  return {
    id: row.id,
    buildId: row.build_id,
    number: row.number,
    builder: row.builder,
    versions: JSON.parse(row.versions) as Record<string, string>,
    state: row.state,
    startedAt: row.started_at,
    ...optionalField('reason', row.reason),
    ...optionalField('message', row.message),
    ...optionalField('phase', row.phase),
    ...optionalField('exitCode', row.exit_code),
    ...optionalField('endedAt', row.ended_at),
  };
}
