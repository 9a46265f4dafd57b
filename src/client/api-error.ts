import { AppError } from '#kernel';
import type { Problem } from '#protocol';

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
