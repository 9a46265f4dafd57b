import { z } from 'zod';
import { type Operation, problem } from '#protocol';
import type { Access } from './access.ts';

/** What the framework checks and documents of an operation. */
export function routeSchema(operation: Operation, access: Access<unknown, never>) {
  const isBodyless = operation.body instanceof z.ZodUndefined;
  const isAnswerless = operation.answer instanceof z.ZodUndefined;
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    ...accessSchema(access),
    params: operation.params,
    querystring: withoutStrangers(operation.query),
    ...(isBodyless ? {} : { body: withoutStrangers(operation.body) }),
    response: {
      [operation.status]: isAnswerless ? noContent : operation.answer,
      default: problemAnswer,
    },
  };
}

const noContent = z.null().describe('It is done.');

/** What documents say of who may call. */
export function accessSchema({ statement, isOpen = false }: Access<unknown, never>) {
  const loggedIn = { bearer: [] };
  return {
    description: `May be called by ${statement}.`,
    security: isOpen ? [{}, loggedIn] : [loggedIn],
  };
}

export const problemAnswer = {
  description: 'What went wrong, and what to do about it.',
  content: { 'application/problem+json': { schema: problem } },
};

/** A field that nobody knows is told rather than passed over: mostly it is a known one, misspelt. */
function withoutStrangers(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? schema.strict() : schema;
}
