import { z } from 'zod';

/**
 * What every operation of an HTTP API declares, once: the server checks and documents with it, the
 * client calls with it, and both take their types from it. Paths name their parameters in braces:
 * `/repositories/{namespace}/{name}`; a `/` within a name travels as `%2F`.
 */
interface Declaration<Path extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  /** Unique; becomes the operationId of the OpenAPI document. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the prefix of its API. */
  readonly path: string;
  /** One sentence for the reference page. */
  readonly summary: string;
  readonly tag: string;
  readonly params: Path;
  readonly query: Query;
  readonly body: Body;
  /** How large its body may be, where `usualLimitBytes` is too little. */
  readonly limitBytes?: number;
  /** Its text is kept in files, which unlike databases take a NUL. */
  readonly takesNul?: true;
}

/** An operation with one answer. */
export interface Operation<
  Path extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> extends Declaration<Path, Query, Body> {
  readonly status: 200 | 201 | 202 | 204;
  readonly answer: Answer;
}

/** An operation whose answer, always a 200, goes on as long as there is something to say. */
export interface StreamOperation<
  Path extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> extends Declaration<Path, Query, Body> {
  readonly mediaType: string;
}

/** Room for pages of text: only bodies that list large things need more. */
export const usualLimitBytes = 64 * 1024;

/** What the paths of each API begin with. */
export const apiPrefixes = {
  slipway: '/api/v1',
  builder: '/api/builder/v1',
  /** Docker Hub's API as its clients know it. */
  hub: '/v2',
} as const;

/** For operations that take no body or give no answer, and for those that take no fields. */
export const nothing = z.undefined();
export const noFields = z.object({});

/** Declares an operation; see `Operation`. */
export function operation<
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(declaration: Operation<Path, Query, Body, Answer>): Operation<Path, Query, Body, Answer> {
  return declaration;
}

/** Declares an operation that answers with a stream; see `StreamOperation`. */
export function streamOperation<
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
>(declaration: StreamOperation<Path, Query, Body>): StreamOperation<Path, Query, Body> {
  return declaration;
}
