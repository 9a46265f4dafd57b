import type { z } from 'zod';
import type { AppError } from '#kernel';
import { apiErrors } from '../api-errors.ts';
import type { InputPlace } from './check-input.ts';

type Issue = z.core.$ZodIssue;

/** Bounds of what we repeat of a wrong request, or an answer could be larger than what was sent. */
const mostIssues = 20;
const mostNames = 5;
const longestName = 40;
const longestProblem = 300;

/**
 * A refusal that names wrong fields: all of them, unless there are very many. What it repeats of the
 * request is cut, so that its answer stays below 64 KiB whatever was sent.
 */
export function fieldsRefusal(issues: readonly Issue[], place: InputPlace): AppError {
  const fields = issues.slice(0, mostIssues).map((issue) => ({
    field: cut(issue.path.slice(0, 10).map(String).join('.'), longestName * 2) || place,
    problem: cut(problemOf(issue), longestProblem),
  }));
  const sentences = fields.map(({ field, problem }) => `${field}: ${problem}`);
  const more = issues.length - fields.length;
  if (more > 0) sentences.push(`and ${more} more`);
  return apiErrors.fail('VALIDATION_FAILED', sentences.join('; '), { detail: { fields } });
}

function problemOf(issue: Issue): string {
  return issue.code === 'unrecognized_keys' ? strangersOf(issue.keys) : issue.message;
}

function strangersOf(keys: readonly string[]): string {
  const names = keys.slice(0, mostNames).map((key) => `"${cut(key, longestName)}"`);
  const more = keys.length > mostNames ? `, and ${keys.length - mostNames} more` : '';
  return `Unrecognized key${keys.length > 1 ? 's' : ''}: ${names.join(', ')}${more}`;
}

/** Control characters, of which JSON makes six, become one. */
function cut(text: string, length: number): string {
  const clean = text.slice(0, length).replaceAll(/\p{Cc}|\p{Cs}/gu, '\ufffd');
  return text.length > length ? `${clean}…` : clean;
}
