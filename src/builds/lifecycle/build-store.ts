import type { Selectable } from 'kysely';
import { type BuildState, type Instant, optionalField } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { BuildsTables, BuildTable } from '../builds-tables.ts';
import type { RuleText } from '../rules/build-rule.ts';
import type { Build } from './build.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

export type NewBuild = Omit<
  Build,
  'id' | 'state' | 'reason' | 'message' | 'losses' | 'startedAt' | 'finishedAt'
> & { readonly configurationVersion: number };

export async function insertBuild(tx: WriteTransaction, build: NewBuild): Promise<number> {
  const { id } = await tx
    .tables<BuildsTables>()
    .insertInto('build')
    .values({
      job_id: build.jobId,
      repository_id: build.repositoryId,
      source_id: build.sourceId,
      configuration_version: build.configurationVersion,
      rule_number: build.ruleNumber,
      rule: JSON.stringify(build.rule),
      ref_type: build.ref.type,
      ref_name: build.ref.name,
      commit_id: build.ref.commit,
      seq: build.ref.seq,
      tags: JSON.stringify(build.tags),
      push: Number(build.push),
      cause: build.cause,
      started_by: build.startedBy ?? null,
      state: 'pending',
      losses: 0,
      created_at: build.createdAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function findBuild(tx: AnyTransaction, id: number): Promise<Build | undefined> {
  const row = await selectBuilds(tx).where('id', '=', id).executeTakeFirst();
  return row && toBuild(row);
}

export async function findBuildOfJob(
  tx: AnyTransaction,
  jobId: number,
): Promise<Build | undefined> {
  const row = await selectBuilds(tx).where('job_id', '=', jobId).executeTakeFirst();
  return row && toBuild(row);
}

const selectIdOfJob = statement<[jobId: number], { id: number }>(
  'select id from build where job_id = ?',
);

/** Reads nothing else of the build, which may be what can't be read. */
export async function findBuildIdOfJob(
  tx: Pick<AnyTransaction, 'first'>,
  jobId: number,
): Promise<number | undefined> {
  return (await tx.first(selectIdOfJob, jobId))?.id;
}

const failPending = statement<
  [reason: string, message: string, finishedAt: Instant, id: number],
  { repositoryId: number }
>(
  `update build set state = 'failed', reason = ?, message = ?, finished_at = ?
   where id = ? and state = 'pending' returning repository_id as "repositoryId"`,
);

export interface PendingFailure {
  readonly reason: string;
  readonly message: string;
  readonly finishedAt: Instant;
}

/** A build that could never be begun has failed. Gives whose it is; `undefined` unless it waited. */
export async function failPendingBuild(
  tx: WriteTransaction,
  id: number,
  { reason, message, finishedAt }: PendingFailure,
): Promise<number | undefined> {
  const [row] = await tx.all(failPending, reason, message, finishedAt, id);
  return row?.repositoryId;
}

export interface BuildPage {
  readonly repositoryId: number;
  /** Begin with the build before this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The newest first. */
export async function listBuilds(
  tx: ReadTransaction,
  { repositoryId, before, limit }: BuildPage,
): Promise<readonly Build[]> {
  let query = selectBuilds(tx)
    .where('repository_id', '=', repositoryId)
    .orderBy('id', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('id', '<', before);
  return (await query.execute()).map(toBuild);
}

/** Builds in a state whose newest attempt started, or was stopped, no later than then. */
export async function listBuildsSince(
  tx: ReadTransaction,
  state: Extract<BuildState, 'in_progress' | 'canceling'>,
  latest: Instant,
): Promise<readonly { readonly id: number }[]> {
  const column = state === 'in_progress' ? 'started_at' : 'finished_at';
  return tx
    .tables<BuildsTables>()
    .selectFrom('build')
    .select('id')
    .where('state', '=', state)
    .where(column, '<=', latest)
    .orderBy('id')
    .limit(200)
    .execute();
}

/** The commit and configuration of the newest build for a rule and ref. */
export async function findNewestOf(
  tx: WriteTransaction,
  { repositoryId, ruleNumber, refName }: BuiltBefore,
): Promise<NewestBuild | undefined> {
  const row = await tx
    .tables<BuildsTables>()
    .selectFrom('build')
    .select(['id', 'commit_id', 'configuration_version', 'seq'])
    .where('repository_id', '=', repositoryId)
    .where('rule_number', '=', ruleNumber)
    .where('ref_name', '=', refName)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, commit_id: commit, configuration_version: configurationVersion, seq } = row;
  return { id, commit, configurationVersion, seq };
}

export interface BuiltBefore {
  readonly repositoryId: number;
  readonly ruleNumber: number;
  readonly refName: string;
}

export interface NewestBuild {
  readonly id: number;
  readonly commit: string;
  readonly configurationVersion: number;
  /** The place in the ref log that it was built at. */
  readonly seq: number;
}

export interface BuildChange {
  readonly state: BuildState;
  /** Both are forgotten unless they are given. */
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly losses?: number;
  /** `null`: not any more. Absent: as it was. */
  readonly startedAt?: Instant | null;
  readonly finishedAt?: Instant | null;
}

export async function updateBuild(
  tx: WriteTransaction,
  id: number,
  { state, reason, message, losses, startedAt, finishedAt }: BuildChange,
): Promise<void> {
  await tx
    .tables<BuildsTables>()
    .updateTable('build')
    .set({
      state,
      reason: reason ?? null,
      message: message ?? null,
      ...(losses === undefined ? {} : { losses }),
      ...(startedAt === undefined ? {} : { started_at: startedAt }),
      ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
    })
    .where('id', '=', id)
    .execute();
}

function selectBuilds(tx: AnyTransaction) {
  return tx.tables<BuildsTables>().selectFrom('build').selectAll();
}

function toBuild(row: Selectable<BuildTable>): Build {
  return {
    id: row.id,
    jobId: row.job_id,
    repositoryId: row.repository_id,
    sourceId: row.source_id,
    ruleNumber: row.rule_number,
    rule: JSON.parse(row.rule) as RuleText,
    ref: { type: row.ref_type, name: row.ref_name, commit: row.commit_id, seq: row.seq },
    tags: JSON.parse(row.tags) as string[],
    push: row.push === 1,
    cause: row.cause,
    state: row.state,
    losses: row.losses,
    createdAt: row.created_at,
    ...optionalField('startedBy', row.started_by),
    ...optionalField('reason', row.reason),
    ...optionalField('message', row.message),
    ...optionalField('startedAt', row.started_at),
    ...optionalField('finishedAt', row.finished_at),
  };
}
