import type { AppError } from '#kernel';

/** When to ask again, as an error says it in its detail (RFC 9110, section 10.2.3). */
export function retryAfterHeader({ detail }: AppError): Readonly<Record<string, string>> {
  const seconds = detail['retryAfterSeconds'];
  return typeof seconds === 'number' ? { 'Retry-After': String(seconds) } : {};
}
