import { digestOf } from '#platform/crypto';
import type { ResumeToken } from '../blob-store.ts';
import { storageErrors } from '../storage-errors.ts';
import type { StoredPart } from './bucket.ts';

/** What a flushed key consists of so far: parts of an upload, and the bytes behind the last of them. */
export interface FlushedParts {
  /** Absent before the first part. */
  readonly upload?: string | undefined;
  readonly parts: number;
  /** Stands for the tags of these parts: of the ten thousand that a key may have, no row has room. */
  readonly seal: string;
  /** The object of what is smaller than a part; absent where there is none. */
  readonly rest?: string | undefined;
  readonly restBytes: number;
}

export function sealOf(parts: readonly StoredPart[]): string {
  return digestOf(Buffer.from(parts.map(({ tag }) => tag).join('\n')));
}

export function formatToken(flushed: FlushedParts): ResumeToken {
  return JSON.stringify(flushed);
}

/** Throws `BLOB_STORE_RESUME` for text that is no token of this driver. */
export function parseToken(token: ResumeToken): FlushedParts {
  const value = parseJson(token);
  if (isFlushedParts(value)) return value;
  throw storageErrors.fail('BLOB_STORE_RESUME', 'the token is none of this store');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFlushedParts(value: unknown): value is FlushedParts {
  if (typeof value !== 'object' || value === null) return false;
  const { upload, parts, seal, rest, restBytes } = value as Record<string, unknown>;
  return (
    (upload === undefined || typeof upload === 'string') &&
    (rest === undefined || typeof rest === 'string') &&
    typeof seal === 'string' &&
    Number.isSafeInteger(parts) &&
    Number.isSafeInteger(restBytes)
  );
}
