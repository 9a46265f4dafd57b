import type { z } from 'zod';
import type { AppError, ErrorDetail } from '#kernel';
import { problem } from '#protocol';
import { ApiError } from './api-error.ts';
import { clientErrors } from './client-errors.ts';
import type { Answer } from './send-request.ts';

/** The whole body as text; throws as `Answer.chunks` does. */
export async function readText({ chunks }: Answer): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/** The error that an answer with an error status stands for, whatever its body looks like. */
export function readRefusal(status: number, body: string, address: URL): AppError {
  const parsed = problem.safeParse(parseJson(body));
  if (parsed.success) return new ApiError(parsed.data);
  return clientErrors.fail(
    'ANSWER_INVALID',
    `${address.origin} answered ${status} without saying why in Slipway's words; is it a Slipway server, and does a proxy in front of it pass /api on?`,
    { detail: { status, path: address.pathname } },
  );
}

/** What to say of an answer that has another shape than its declaration. */
export interface Misunderstanding {
  readonly message: string;
  readonly detail?: ErrorDetail;
}

/** A text of JSON, checked; an empty one stands for no answer. Throws `ANSWER_INVALID`. */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  { message, detail }: Misunderstanding,
): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw clientErrors.fail('ANSWER_INVALID', message, {
    detail: { ...detail, problem: parsed.error.message.slice(0, 500) },
  });
}

/** `undefined` for anything that is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
