import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { readBody } from '#platform/http';
import { type Operation, type StreamOperation, usualLimitBytes } from '#protocol';
import { apiErrors } from '../api-errors.ts';
import { assertModest } from './assert-modest.ts';
import { type BodyFormat, bodyFormats } from './body-formats.ts';

/**
 * The body of a request as a value, unchecked but of bounded size; `undefined` where there is none
 * or the operation takes none. Throws `BODY_TYPE_UNSUPPORTED`, `BODY_TOO_LARGE`, `VALIDATION_FAILED`.
 */
export async function readInput(
  request: IncomingMessage,
  operation: Operation | StreamOperation,
  formats: readonly BodyFormat[],
): Promise<unknown> {
  if (operation.body instanceof z.ZodUndefined || !hasBody(request)) return undefined;
  const format = formatOf(request, formats);
  const bytes = await readBody(request, operation.limitBytes ?? usualLimitBytes);
  if (bytes.length === 0) return undefined;
  const text = new TextDecoder().decode(bytes);
  assertModest(text, format);
  return parseBody(text, format);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function formatOf({ headers }: IncomingMessage, formats: readonly BodyFormat[]): BodyFormat {
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';');
  const format = formats.find(
    (each) => bodyFormats[each].mediaType === mediaType.trim().toLowerCase(),
  );
  if (format !== undefined) return format;
  const ways = formats.map((each) => {
    const { name, mediaType: type } = bodyFormats[each];
    return `as ${name}, with Content-Type: ${type}`;
  });
  throw apiErrors.fail('BODY_TYPE_UNSUPPORTED', `send the body ${ways.join('; or ')}`);
}

function parseBody(text: string, format: BodyFormat): unknown {
  try {
    return bodyFormats[format].parse(text);
  } catch (cause) {
    const { name } = bodyFormats[format];
    throw apiErrors.fail('VALIDATION_FAILED', `the body is not ${name}`, { cause });
  }
}
