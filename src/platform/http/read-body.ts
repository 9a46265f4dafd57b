import type { IncomingMessage } from 'node:http';
import { defineErrors } from '#kernel';
import { GatheredBytes } from './gathered-bytes.ts';

export const bodyErrors = defineErrors({
  BODY_TOO_LARGE: 'a request body is larger than its operation allows',
});

/**
 * The whole body of a small request. Throws `BODY_TOO_LARGE` as soon as it passes the limit, and
 * before a byte is read where the request says so itself. `sendAnswer` sees to what was not read.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const gathered = new GatheredBytes();
  // The request stays open when the loop is left, so that the refusal can still be answered.
  const parts: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of parts) {
    if (gathered.size + chunk.length > limitBytes) throw tooLarge(limitBytes);
    gathered.add(chunk);
  }
  return gathered.bytes();
}

function tooLarge(limitBytes: number) {
  return bodyErrors.fail('BODY_TOO_LARGE', `send at most ${limitBytes} bytes`, {
    detail: { limitBytes },
  });
}
