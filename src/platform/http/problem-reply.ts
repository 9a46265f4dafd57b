import type { AppError, ErrorDetail } from '#kernel';

/** The body of every error of Slipway's own API (RFC 9457). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly facts?: ErrorDetail;
}

export const problemContentType = 'application/problem+json';

export function problemBody(error: AppError, status: number, requestId: string): ProblemBody {
  const hasFacts = Object.keys(error.detail).length > 0;
  return {
    type: 'about:blank',
    title: error.code.toLowerCase().replaceAll('_', ' '),
    status,
    code: error.code,
    detail: error.message,
    requestId,
    ...(hasFacts ? { facts: error.detail } : {}),
  };
}
