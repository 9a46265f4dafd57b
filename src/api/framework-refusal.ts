import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { AppError } from '#kernel';
import { bodyErrors } from '#platform/http';
import { apiErrors } from './api-errors.ts';

/** What the framework refused before a handler saw the request; `undefined` for anything else. */
export function frameworkRefusal(error: unknown): AppError | undefined {
  if (hasZodFastifySchemaValidationErrors(error)) return fieldsRefusal(error);
  if (!isClientError(error)) return undefined;
  const options = { cause: error };
  switch (error.statusCode) {
    case 413:
      return bodyErrors.fail('BODY_TOO_LARGE', 'the API takes bodies of 8 MiB at most', options);
    case 415:
      return apiErrors.fail(
        'BODY_TYPE_UNSUPPORTED',
        'send the body as JSON, with Content-Type: application/json',
        options,
      );
    default:
      return apiErrors.fail('VALIDATION_FAILED', error.message, options);
  }
}

interface FieldProblems {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string }[];
  readonly validationContext?: string;
}

function fieldsRefusal({ validation, validationContext }: FieldProblems): AppError {
  const fields = validation.map(({ instancePath, message }) => ({
    field: instancePath.slice(1).replaceAll('/', '.') || places[validationContext ?? 'body'],
    problem: message,
  }));
  const sentence = fields.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
  return apiErrors.fail('VALIDATION_FAILED', sentence, { detail: { fields } });
}

/** What has no field's name: the request's parts as a whole. */
const places: Readonly<Record<string, string>> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the path',
};

function isClientError(error: unknown): error is FastifyError & { readonly statusCode: number } {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode < 500;
}
