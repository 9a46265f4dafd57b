import { findJsonFault } from '#kernel';

const deepest = 16;

/**
 * What a foreign server answered, as JSON; `undefined` for what is none, and for more values than the
 * answer can need: a short text may be millions of them, which nobody else should wait for.
 */
export function parseAnswer(bytes: Buffer, mostValues: number): unknown {
  const text = bytes.toString();
  if (findJsonFault(text, { depth: deepest, values: mostValues }) !== undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
