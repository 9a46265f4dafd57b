import type { z } from 'zod';
import type { Operation, StreamOperation } from '#protocol';
import type { FoundBy, PagingKind, WindowBy } from './paging.ts';
import type { Stream } from './stream-reply.ts';

/** What a handler is given: who calls, and what they sent, checked against the declaration. */
export type Call<Caller, Params, Query, Body> = Caller & {
  readonly remoteAddress: string;
  /** What the client calls itself. */
  readonly userAgent: string | undefined;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
};

/**
 * Who may call an operation. All of it is settled before a byte of the body is read: a wrong
 * credential, nobody where the operation is not open to nobody, and what `check` refuses.
 */
export interface Admission<Caller, Params, Findings> {
  /** What documents and the matrix of callers say: "May be called by …". */
  readonly statement: string;
  /** Whether some may call it without a credential. */
  readonly isOpen?: boolean;
  /** Every caller is nobody, whatever credential came along. */
  readonly ignoresCredential?: boolean;
  /**
   * Throws unless the caller may, and gives the handler what was found out on the way. Left out
   * where the room that is called decides by itself.
   */
  check?(
    call: Caller & { readonly remoteAddress: string; readonly params: Params },
  ): Promise<Findings>;
}

/** An operation together with who may call it and what it does. Made by `routesFor`. */
export type Route = RouteOf<'answer' | 'list', Operation> | RouteOf<'stream', StreamOperation>;

interface RouteOf<Kind, Declared> {
  readonly kind: Kind;
  readonly operation: Declared;
  readonly admission: Admission<object, unknown, object>;
  readonly handle: (call: object) => Promise<unknown>;
}

/** What a page consists of, by the answer that holds it. */
type Item<Answer> = Answer extends { readonly items: readonly (infer Each)[] }
  ? Each
  : Answer extends { readonly results: readonly (infer Each)[] }
    ? Each
    : never;

/**
 * The ways to implement a declared operation in an API with these callers and this paging. `admission`
 * is asked first, and what it finds is handed to the handler; there is no way to a handler around it.
 */
export interface Routes<Caller, Paging extends PagingKind> {
  /** An operation with one answer. */
  readonly route: <
    Path extends z.ZodType,
    Query extends z.ZodType,
    Body extends z.ZodType,
    Answer extends z.ZodType,
    Findings,
  >(
    operation: Operation<Path, Query, Body, Answer>,
    admission: Admission<Caller, z.output<Path>, Findings>,
    handle: (
      call: Call<Caller, z.output<Path>, z.output<Query>, z.output<Body>> & Findings,
    ) => Promise<z.input<Answer>>,
  ) => Route;

  /** An operation that gives a list, page by page. */
  readonly listRoute: <
    Path extends z.ZodType,
    Query extends z.ZodType,
    Answer extends z.ZodType,
    Findings,
  >(
    operation: Operation<Path, Query, z.ZodUndefined, Answer>,
    admission: Admission<Caller, z.output<Path>, Findings>,
    handle: (
      call: Call<Caller, z.output<Path>, z.output<Query>, undefined> &
        Findings & { readonly page: WindowBy[Paging] },
    ) => Promise<FoundBy<Item<z.input<Answer>>>[Paging]>,
  ) => Route;

  /** An operation that answers with a stream, once the handler has refused nothing. */
  readonly streamRoute: <
    Path extends z.ZodType,
    Query extends z.ZodType,
    Body extends z.ZodType,
    Findings,
  >(
    operation: StreamOperation<Path, Query, Body>,
    admission: Admission<Caller, z.output<Path>, Findings>,
    handle: (
      call: Call<Caller, z.output<Path>, z.output<Query>, z.output<Body>> &
        Findings & { readonly lastEventId: string | undefined },
    ) => Promise<Stream>,
  ) => Route;
}

export function routesFor<Caller, Paging extends PagingKind>(): Routes<Caller, Paging> {
  // What a handler is given was checked by its own declaration: the types end where they are settled.
  const ofKind =
    (kind: Route['kind']) =>
    (operation: object, admission: object, handle: object): Route =>
      ({ kind, operation, admission, handle }) as unknown as Route;
  return { route: ofKind('answer'), listRoute: ofKind('list'), streamRoute: ofKind('stream') };
}
