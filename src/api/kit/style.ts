import type { AppError } from '#kernel';
import type { BodyFormat } from './body-formats.ts';
import type { PagingKind } from './paging.ts';

/**
 * How an API speaks: everything in which Slipway's own API, the builder protocol and Docker Hub's
 * differ whatever an operation is about. The shapes of single operations are `protocol`'s.
 */
export interface Style<Paging extends PagingKind = PagingKind> {
  /** In front of every operation's path. */
  readonly prefix: string;
  /** Whether a path answers with a `/` behind it as well, for every method and without a redirect. */
  readonly ignoresLastSlash: boolean;
  /** A field that no operation knows is mostly a known one, misspelt; or something that a client always sends. */
  readonly unknownFields: 'refused' | 'ignored';
  readonly bodyFormats: readonly BodyFormat[];
  readonly paging: Paging;
  readonly answerType: string;
  readonly errorType: string;
  /** Go with every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body of a refusal. */
  errorBody(refusal: Refusal): object;
  /** The body of the 404 for a path, or a method of it, that is no operation. */
  unknownOperationBody(requestId: string): object;
}

export interface Refusal {
  readonly error: AppError;
  readonly status: number;
  readonly requestId: string;
}
