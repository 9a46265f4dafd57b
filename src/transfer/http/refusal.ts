import type { AppError, Clock, ErrorDetail } from '#kernel';
import { type TransferErrorCode, transferErrors } from '../transfer-errors.ts';
import { type Answer, discard, headerOf, readBounded } from './answer.ts';

/**
 * An answer that refuses, as an error: the status decides the code, the envelope tells why. The intent
 * is what the registry did not do.
 */
export async function refusalOf(answer: Answer, intent: string, clock: Clock): Promise<AppError> {
  const { status, url } = answer;
  const said = await readEnvelope(answer);
  const words = [said.registryCode, said.registryMessage].filter(Boolean).join(': ');
  return transferErrors.fail(
    codeOf(status, said.registryCode),
    `${url.host} did not ${intent} (${words === '' ? `status ${status}` : words})`,
    { detail: { registry: url.host, status, ...said, ...retryAfter(answer, clock) } },
  );
}

function codeOf(status: number, registryCode: string | undefined): TransferErrorCode {
  if (status === 401 || status === 403) return 'REGISTRY_DENIED';
  if (status === 404 && registryCode === 'NAME_UNKNOWN') return 'REPOSITORY_UNKNOWN';
  if (status === 429 || status === 503) return 'REGISTRY_BUSY';
  if (status >= 500) return 'REGISTRY_FAILED';
  return status >= 400 ? 'REGISTRY_REFUSED' : 'REGISTRY_ANSWER_INVALID';
}

interface Envelope {
  readonly registryCode?: string;
  readonly registryMessage?: string;
}

const longestEnvelope = 64 * 1024;

/** The first error of the envelope (OCI distribution spec, "Error Codes"); empty where there is none. */
async function readEnvelope(answer: Answer): Promise<Envelope> {
  if (!headerOf(answer, 'content-type')?.includes('json')) {
    await discard(answer);
    return {};
  }
  try {
    const body: unknown = JSON.parse((await readBounded(answer, longestEnvelope)).toString());
    const { errors } = body as { errors: { code?: unknown; message?: unknown }[] };
    return {
      ...words('registryCode', errors[0]?.code, 60),
      ...words('registryMessage', errors[0]?.message, 500),
    };
  } catch {
    return {};
  }
}

/** Somebody else's text, which lands in logs and on terminals: short, and without control characters. */
function words(name: keyof Envelope, text: unknown, length: number): Envelope {
  if (typeof text !== 'string' || text === '') return {};
  return { [name]: text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, length) };
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(answer: Answer, clock: Clock): ErrorDetail {
  const text = headerOf(answer, 'retry-after');
  if (text === undefined) return {};
  const seconds = /^\d{1,9}$/.test(text)
    ? Number(text)
    : Math.ceil((Date.parse(text) - clock.now()) / 1_000);
  return Number.isNaN(seconds) ? {} : { retryAfterSeconds: Math.max(0, seconds) };
}
