import type { AppError } from '#kernel';
import type { ByteRange } from '#storage';
import { registryErrors } from '../registry-errors.ts';
import { edgeErrors } from './edge-errors.ts';

/**
 * The part of a blob that a Range header asks for (RFC 9110, section 14). `undefined` means all of
 * it: no header, another unit, or several ranges, which a server may ignore. Throws
 * `RANGE_NOT_SATISFIABLE` when the blob has no such part.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  const range = first === '' ? suffix(Number(last), size) : bounded(Number(first), last, size);
  if (range.first < size && range.first <= range.last) return range;
  throw edgeErrors.fail('RANGE_NOT_SATISFIABLE', `the blob has ${size} bytes`, {
    detail: { size },
  });
}

/** How large the blob is that has no such part (RFC 9110, section 15.5.17). */
export function sizeHeader(error: AppError): Readonly<Record<string, string>> {
  if (!edgeErrors.is(error) || error.code !== 'RANGE_NOT_SATISFIABLE') return {};
  return { 'Content-Range': `bytes */${Number(error.detail['size'])}` };
}

function suffix(bytes: number, size: number): ByteRange {
  return { first: bytes === 0 ? size : Math.max(0, size - bytes), last: size - 1 };
}

function bounded(first: number, last: string, size: number): ByteRange {
  return { first, last: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

/**
 * Where a chunk begins: `Content-Range: 0-1023` as the OCI specification has it, or
 * `bytes 0-1023/*` as HTTP does. Throws `RANGE_INVALID` when it is neither, and `SIZE_INVALID` when
 * it does not agree with the Content-Length.
 */
export function parseChunkOffset(
  header: string | undefined,
  contentLength: string | undefined,
): number | undefined {
  if (header === undefined) return undefined;
  const match = /^(?:bytes )?(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/.exec(header);
  if (match === null) {
    throw registryErrors.fail('RANGE_INVALID', 'Content-Range is <first byte>-<last byte>');
  }
  const first = Number(match[1]);
  const length = Number(match[2]) - first + 1;
  if (contentLength !== undefined && Number(contentLength) !== length) {
    throw registryErrors.fail('SIZE_INVALID', 'Content-Range and Content-Length disagree');
  }
  return first;
}
