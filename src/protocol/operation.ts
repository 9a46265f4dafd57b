import type { z } from 'zod';

/**
 * One operation of Slipway's API, declared once: the server validates and documents with it, the
 * client calls with it, and both take their types from it. Paths name their parameters in braces:
 * `/repositories/{namespace}/{name}`; a `/` within a name travels as `%2F`.
 */
export interface Operation<
  Path extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  /** Unique; becomes the operationId of the OpenAPI document. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  /** One sentence for the reference page. */
  readonly summary: string;
  readonly tag: string;
  readonly status: 200 | 201 | 202 | 204;
  readonly params: Path;
  readonly query: Query;
  readonly body: Body;
  readonly answer: Answer;
}

/** Declares an operation; see `Operation`. */
export function operation<
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(declaration: Operation<Path, Query, Body, Answer>): Operation<Path, Query, Body, Answer> {
  return declaration;
}
