import { AppError } from '#kernel';
import { type Problem, problem } from '#protocol';
import { clientErrors } from './client-errors.ts';

/** An answer of the API that says no, as the server's problem document put it. */
export class ApiError extends AppError {
  readonly status: number;
  /** What the server's log calls this request. */
  readonly requestId: string;
  /** What the refusal is about, such as the name of the wrong field. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(answer: Problem) {
    super(answer.code, answer.detail, { detail: answer.facts ?? {} });
    this.status = answer.status;
    this.requestId = answer.requestId;
    this.facts = answer.facts ?? {};
  }
}

/** The error that an answer with an error status stands for, whatever its body looks like. */
export function readRefusal(status: number, body: string, address: URL): AppError {
  const parsed = problem.safeParse(parseJson(body));
  if (parsed.success) return new ApiError(parsed.data);
  return clientErrors.fail(
    'ANSWER_INVALID',
    `${address.origin} answered ${status} without saying why in Slipway's words; is it a Slipway server, and does a proxy in front of it pass /api on?`,
    { detail: { status, path: address.pathname } },
  );
}

/** `undefined` for anything that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
