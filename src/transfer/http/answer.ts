import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { transferErrors } from '../transfer-errors.ts';
import { asUnreachable } from './unreachable.ts';

/** What a server answered; the body is still on its way, and somebody has to read or destroy it. */
export interface Answer {
  /** What was asked, after redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** A header that is sent once; several are joined as if they were one (RFC 9110, 5.3). */
export function headerOf({ headers }: Answer, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** A header that is a whole number, `undefined` where it is missing or is none. */
export function numberOf(answer: Answer, name: string): number | undefined {
  const text = headerOf(answer, name);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * The whole body. Throws `REGISTRY_ANSWER_INVALID` when it is longer than the limit, without reading
 * on; `REGISTRY_UNREACHABLE` when it breaks off.
 */
export async function readBounded(
  answer: Answer,
  limitBytes: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > limitBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw asUnreachable(cause, answer.url, signal);
  }
  if (bytes <= limitBytes) return Buffer.concat(chunks);
  const { host } = answer.url;
  throw transferErrors.fail(
    'REGISTRY_ANSWER_INVALID',
    `${host} answered with more than ${limitBytes} bytes where less is allowed`,
    { detail: { registry: host } },
  );
}

/** Lets go of a body that nobody wants: a short one is read, so that its connection serves again. */
export async function discard({ body }: Answer): Promise<void> {
  let left = 64 * 1024;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      left -= chunk.length;
      if (left < 0) break;
    }
  } catch {
    // Whatever broke, it was not wanted.
  }
}
