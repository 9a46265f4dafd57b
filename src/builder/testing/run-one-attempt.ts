import type { Assignment, FinishReport } from '#protocol';
import type { Executor } from '../executor.ts';
import type { Misbehaviour } from '../executors/fake/misbehaviour.ts';
import type { SourceFiles } from './git-host.ts';
import { type AttemptRecord, ProtocolServer } from './protocol-server.ts';
import { startBuilder } from './running-builder.ts';

export interface AttemptPlan {
  readonly files: SourceFiles;
  readonly changes?: Partial<Assignment>;
  readonly misbehaviour?: Misbehaviour;
  /** The fake one by default. */
  readonly executor?: Executor;
  readonly prepare?: (server: ProtocolServer) => Promise<unknown>;
}

export interface AttemptOutcome {
  readonly verdict: FinishReport;
  readonly record: AttemptRecord;
  /** Tags that were pushed. */
  readonly tags: readonly string[];
  /** Folders that are still there. */
  readonly leftovers: readonly string[];
}

/** Commits a source and runs one attempt of it, from a server's assignment to the verdict. */
export async function runOneAttempt(plan: AttemptPlan): Promise<AttemptOutcome> {
  await using server = await ProtocolServer.open();
  const { executor, misbehaviour = {} } = plan;
  await using builder = await startBuilder(server, {
    misbehaviour,
    ...(executor === undefined ? {} : { executor }),
  });
  const commit = await server.git.commit(plan.files);
  await plan.prepare?.(server);
  await server.connection();
  const assignment = server.assignment(commit, plan.changes);
  server.send({ type: 'assignment', assignment });
  const record = server.record(assignment.attemptId);
  const verdict = await record.finished.promise;
  return {
    verdict,
    record,
    tags: server.registry.tags('myorg/app'),
    leftovers: await builder.leftovers(),
  };
}
