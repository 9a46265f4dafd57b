import { apiPrefixes, type Problem } from '#protocol';
import { apiErrors } from '../api-errors.ts';
import type { Refusal, Style } from '../kit/style.ts';

/** Slipway's own API: JSON, keyset pages, problem documents (RFC 9457), and no field that is not known. */
export const slipwayStyle: Style<'keyset'> = {
  prefix: apiPrefixes.slipway,
  ignoresLastSlash: false,
  unknownFields: 'refused',
  bodyFormats: ['json'],
  paging: 'keyset',
  answerType: 'application/json',
  errorType: 'application/problem+json',
  headers: {},
  errorBody: problemOf,
  unknownOperationBody: (requestId) =>
    problemOf({
      error: apiErrors.fail('NOT_FOUND', 'the API has no such operation; see /api/openapi.json'),
      status: 404,
      requestId,
    }),
};

function problemOf({ error, status, requestId }: Refusal): Problem {
  const hasFacts = Object.keys(error.detail).length > 0;
  return {
    type: 'about:blank',
    title: error.code.toLowerCase().replaceAll('_', ' '),
    status,
    code: error.code,
    detail: error.message,
    requestId,
    ...(hasFacts ? { facts: { ...error.detail } } : {}),
  };
}
