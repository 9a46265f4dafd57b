import { ApiError, clientErrors, operationUrl, readRefusal, readText } from '#client';
import { type Clock, pauseAfter } from '#kernel';
import {
  type FinishReport,
  type LogBatch,
  type Operation,
  builderOperations as operations,
  type PhaseReport,
  type PublishReport,
  publishReport,
} from '#protocol';
import { builderErrors } from '../builder-errors.ts';
import { postJson, understand } from './protocol-exchange.ts';

/**
 * What an attempt tells its server. Every call may be sent twice without harm, so each is tried
 * again for half a minute while the server can't be reached or fails, then throws what came last.
 * Throws `ATTEMPT_ENDED` once the attempt has no rights any more, `ApiError` for other refusals.
 */
export interface AttemptClient {
  sendLog(batch: LogBatch): Promise<void>;
  sendPhase(report: PhaseReport): Promise<void>;
  /** Moves what the attempt has staged so far, and tells of each tag. */
  publish(): Promise<PublishReport>;
  /** Tried again, however long it takes, until the server takes it or refuses it, or the signal aborts. */
  finish(report: FinishReport, signal?: AbortSignal): Promise<void>;
  /**
   * Says that the sandbox of an attempt that was ended from outside is gone. Tried once: a server
   * that does not hear it learns of it by the next heartbeat, which does not name the attempt.
   */
  settle(): Promise<void>;
}

export interface AttemptConnection {
  readonly server: URL;
  readonly attemptId: string;
  readonly token: string;
  readonly clock: Clock;
}

const patienceMilliseconds = 30_000;

/** How long a report is tried again; without a signal nothing cuts it short. */
interface Patience {
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
}
const pauses = { firstMilliseconds: 200, longestMilliseconds: 5_000 };

export function createAttemptClient(connection: AttemptConnection): AttemptClient {
  const send = (operation: Operation, body: object) =>
    sendPersistently(connection, operation, body);
  return {
    sendLog: async (batch) => {
      await send(operations.sendLog, batch);
    },
    sendPhase: async (report) => {
      await send(operations.sendPhase, report);
    },
    publish: async () =>
      understand(publishReport, await send(operations.publish, {}), connection.server),
    finish: async (report, signal) => {
      const patience = { milliseconds: Infinity, signal };
      await sendPersistently(connection, operations.finish, report, patience);
    },
    settle: async () => {
      await sendOnce(connection, operations.settle, {});
    },
  };
}

async function sendPersistently(
  connection: AttemptConnection,
  operation: Operation,
  body: object,
  { milliseconds, signal }: Patience = { milliseconds: patienceMilliseconds },
): Promise<string> {
  const { clock } = connection;
  const giveUpAt = clock.now() + milliseconds;
  for (let failures = 1; ; failures += 1) {
    const pause = pauseAfter(failures, pauses);
    try {
      return await sendOnce(connection, operation, body);
    } catch (error) {
      if (!isPassing(error) || clock.now() + pause > giveUpAt) throw error;
    }
    signal?.throwIfAborted();
    await clock.sleep(pause, signal);
  }
}

async function sendOnce(
  { server, attemptId, token }: AttemptConnection,
  operation: Operation,
  body: object,
): Promise<string> {
  const url = operationUrl(server, operation, { api: 'builder', params: { attemptId } });
  const answer = await postJson(url, token, body);
  const text = await readText(answer);
  if (answer.status === 409) {
    throw builderErrors.fail('ATTEMPT_ENDED', `attempt ${attemptId} has ended on the server`);
  }
  if (!answer.isSuccess) throw readRefusal(answer.status, text, url);
  return text;
}

/** Whether the same request may well succeed a little later: a failure is not a refusal. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return isPassingStatus(error.status);
  if (!clientErrors.is(error)) return false;
  if (error.code === 'ANSWER_INVALID') return isPassingStatus(error.detail['status']);
  return error.code === 'SERVER_UNREACHABLE';
}

function isPassingStatus(status: unknown): boolean {
  return typeof status === 'number' && (status >= 500 || status === 408 || status === 429);
}
