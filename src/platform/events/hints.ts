/** An event on its way to other servers. */
export interface Hint {
  readonly topic: string;
  readonly event: object;
}

/** What one message carries. */
export interface Envelope {
  readonly from: string;
  readonly hints: readonly Hint[];
}

/** One hint, or several with commas: below PostgreSQL's 8,000 bytes with what surrounds them. */
export const mostHintBytes = 7_000;

/** As many hints as one message carries, taken from the front of those that wait. */
export function fillEnvelope(from: string, waiting: Set<string>): string {
  const taken: string[] = [];
  let bytes = 0;
  for (const hint of waiting) {
    bytes += Buffer.byteLength(hint) + 1;
    if (bytes > mostHintBytes && taken.length > 0) break;
    waiting.delete(hint);
    taken.push(hint);
  }
  return `{"from":${JSON.stringify(from)},"hints":[${taken.join(',')}]}`;
}

/** `undefined` for what is no envelope. Hints of a newer server may be of topics that nobody has. */
export function openEnvelope(message: string): Envelope | undefined {
  const envelope = parse(message);
  if (!isRecord(envelope) || typeof envelope['from'] !== 'string') return undefined;
  const { from, hints } = envelope;
  if (!Array.isArray(hints) || !hints.every(isHint)) return undefined;
  return { from, hints };
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function isHint(value: unknown): value is Hint {
  return isRecord(value) && typeof value['topic'] === 'string' && isRecord(value['event']);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
