import { accessErrors, type Principal } from '#access';
import type { ReadTransaction } from '#platform/db';
import { listAttempts } from '../attempts/attempt-store.ts';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import type { Attempt } from '../lifecycle/build.ts';
import { type Asking, keepAsking, type Renew } from '../permission/keep-asking.ts';
import { requireBuildFor } from '../permission/require-build-for.ts';
import { type LogPage, type LogRange, type ReadingParts, readLog, readPieces } from './read-log.ts';

/** Which log of a build. */
export interface LogChoice {
  /** The newest attempt's unless it is said. */
  readonly attempt?: number | undefined;
}

/**
 * Logs for people. Throws `BUILD_UNKNOWN`, also for a build that the principal may not see,
 * `ACCESS_DENIED`, and `ATTEMPT_UNKNOWN` for an attempt that is not there (yet).
 */
export interface BuildLogs {
  /** Some lines. */
  read(
    principal: Principal,
    buildId: number,
    range: LogChoice & LogRange,
  ): Promise<LogPage & { readonly attempt: number }>;

  /**
   * The text of all lines that are there now, as people download it; it is read as it is taken. Throws
   * `ACCESS_DENIED` in its midst when who takes it may do so no more.
   */
  text(
    principal: Principal,
    buildId: number,
    choice: LogChoice & { readonly renew: Renew },
  ): Promise<AsyncIterable<string>>;
}

export function createBuildLogs(parts: ReadingParts & Pick<BuildsParts, 'clock'>): BuildLogs {
  const choose = (principal: Principal, buildId: number, choice: LogChoice) =>
    parts.database.read(async (tx) => {
      await requireBuildFor(tx, { principal, buildId, action: 'viewBuildLogs' });
      return chooseAttempt(tx, buildId, choice);
    });
  return {
    async read(principal, buildId, range) {
      const { id, number } = await choose(principal, buildId, range);
      return { ...(await readLog(parts, id, range)), attempt: number };
    },
    async text(principal, buildId, choice) {
      const chosen = await choose(principal, buildId, choice);
      const { renew } = choice;
      const asking = keepAsking(parts, { buildId, renew, action: 'viewBuildLogs' });
      return readText(parts, chosen, asking);
    },
  };
}

async function chooseAttempt(
  tx: ReadTransaction,
  buildId: number,
  { attempt }: LogChoice,
): Promise<Attempt> {
  const attempts = await listAttempts(tx, buildId);
  if (attempts.length === 0) {
    throw buildsErrors.fail('ATTEMPT_UNKNOWN', `build ${buildId} waits and has no log yet`);
  }
  const chosen =
    attempt === undefined ? attempts.at(-1) : attempts.find(({ number }) => number === attempt);
  if (chosen !== undefined) return chosen;
  throw buildsErrors.fail('ATTEMPT_UNKNOWN', `build ${buildId} has no attempt ${attempt}`);
}

async function* readText(
  parts: ReadingParts,
  attempt: Attempt,
  asking: Asking,
): AsyncGenerator<string, void> {
  for await (const lines of readPieces(parts, attempt, 0)) {
    if (!(await asking.lately()))
      throw accessErrors.fail('ACCESS_DENIED', 'you may read this no more');
    yield lines.map(({ text }) => `${text}\n`).join('');
  }
}
