import type { z } from 'zod';
import type { Operation } from '#protocol';
import type { Access, Caller } from './access.ts';

/** What a handler is given: who calls, and what they sent, checked against the declaration. */
export interface Call<Params, Query, Body> extends Caller {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** An operation together with who may call it and what it does. */
export interface Route {
  readonly operation: Operation;
  readonly access: Access<unknown, never>;
  readonly handle: (call: never) => Promise<unknown>;
}

/**
 * Implements a declared operation. `access` is asked first and its findings, such as the repository
 * that the path names, are handed to `handle`; there is no way to a handler around it.
 */
export function route<
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Findings,
>(
  operation: Operation<Path, Query, Body, Answer>,
  access: Access<Findings, z.output<Path>>,
  handle: (
    call: Call<z.output<Path>, z.output<Query>, z.output<Body>> & Findings,
  ) => Promise<z.input<Answer>>,
): Route {
  return { operation, access, handle } as unknown as Route;
}
