import { apiPrefixes } from '#protocol';
import type { Refusal, Style } from '../kit/style.ts';

/**
 * Docker Hub's API, as its clients know it: numbered pages, paths with and without a last slash, JSON
 * or forms, fields that clients send for no reason, and bodies of errors in Hub's words.
 */
export const hubStyle: Style<'numbered'> = {
  prefix: apiPrefixes.hub,
  ignoresLastSlash: true,
  unknownFields: 'ignored',
  bodyFormats: ['json', 'form'],
  paging: 'numbered',
  answerType: 'application/json',
  errorType: 'application/json',
  headers: {
    // The web UI's origin: nothing here is a page, or it would run with a person's session.
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  },
  errorBody,
  unknownOperationBody: () => ({ message: notFound, errinfo: {} }),
};

/** Terraform takes a thing for gone when the body has "not found" in it. */
const notFound = 'object not found';

/**
 * Hub has several shapes for its errors. What clients read is `message` and `detail`, and hub-tool
 * shows them only where every value is text.
 */
function errorBody({ error, status }: Refusal): object {
  const detail = error.message;
  const fields = error.detail['fields'];
  if (status === 429) return { detail: 'Rate limit exceeded', error: false };
  if (status === 404) return { message: notFound, detail };
  if (!Array.isArray(fields)) return { message: detail, detail };
  return {
    fields: messagesByField(fields as readonly WrongField[]),
    text: detail,
    message: detail,
    detail,
  };
}

interface WrongField {
  readonly field: string;
  readonly problem: string;
}

function messagesByField(fields: readonly WrongField[]): Readonly<Record<string, string[]>> {
  const byField = Map.groupBy(fields, ({ field }) => field);
  return Object.fromEntries(
    [...byField].map(([field, wrong]) => [field, wrong.map(({ problem }) => problem)]),
  );
}
