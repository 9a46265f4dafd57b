import type { z } from 'zod';
import { type Answer, parseAnswer, type SendOptions, sendRequest } from '#client';

type PostOptions = Pick<SendOptions, 'signal' | 'silenceMilliseconds'>;

/** Posts JSON as the builder protocol wants it. Throws as `sendRequest` does. */
export function postJson(
  url: URL,
  token: string,
  body: object,
  options: PostOptions = {},
): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'content-type': 'application/json',
  };
  return sendRequest(url, { method: 'POST', headers, body: JSON.stringify(body), ...options });
}

/** Throws `ANSWER_INVALID`. */
export function understand<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  { origin }: URL,
): z.output<Schema> {
  return parseAnswer(schema, text, {
    message: `${origin} sent something that this builder does not understand; bring both to the same version`,
  });
}
