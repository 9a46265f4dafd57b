/** What makes a JSON text mean different things to different readers, or costs too much to read. */
export type JsonFault =
  | { readonly kind: 'duplicate-key'; readonly key: string }
  | { readonly kind: 'too-deep' }
  | { readonly kind: 'too-many-values' };

export interface JsonLimits {
  /** Of lists and objects in one another. */
  readonly depth: number;
  /** Of all that stands in lists and objects, themselves included. */
  readonly values: number;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
/** Square brackets differ from curly ones by this bit alone. */
const curly = 0x20;
const opening = 0x7b;
const closing = 0x7d;
const longestNamedKey = 100;

/**
 * Finds the first key that stands twice in one object, and nesting or numbers beyond the limits: in one
 * pass that builds nothing, and goes no further than the limits do. So it comes before the text is
 * parsed; of a text that is no JSON it says anything or nothing. Parsers disagree on which of two equal
 * keys counts, so one reader could check other layers than another pulls.
 */
export function findJsonFault(text: string, limits: JsonLimits): JsonFault | undefined {
  const keysOfOpen: (Set<string> | undefined)[] = [];
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === quote) {
      const end = endOfString(text, at);
      const next = endOfSpace(text, end);
      if (text.charCodeAt(next) === colon && !addKey(keysOfOpen, keyOf(text, at, end))) {
        return { kind: 'duplicate-key', key: keyOf(text, at, end).slice(0, longestNamedKey) };
      }
      at = next - 1;
    } else if (character === comma) {
      values += 1;
    } else if ((character | curly) === opening) {
      values += 1;
      if (keysOfOpen.push(undefined) > limits.depth) return { kind: 'too-deep' };
    } else if ((character | curly) === closing) {
      keysOfOpen.pop();
    }
    if (values > limits.values) return { kind: 'too-many-values' };
  }
  return undefined;
}

/** The index behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === quote) return at + 1;
    if (character === backslash) at += 1;
  }
  return text.length;
}

function endOfSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(character: number): boolean {
  return character === 0x20 || (character >= 0x09 && character <= 0x0d);
}

/** A key as it is meant; one that can't be read is its own text, and no parser takes it. */
function keyOf(text: string, start: number, end: number): string {
  const bare = text.slice(start + 1, end - 1);
  if (!bare.includes('\\')) return bare;
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch {
    return bare;
  }
}

/** Whether the innermost object had no such key yet. */
function addKey(keysOfOpen: (Set<string> | undefined)[], key: string): boolean {
  const innermost = keysOfOpen.length - 1;
  if (innermost < 0) return true;
  const keys = (keysOfOpen[innermost] ??= new Set());
  return keys.size < keys.add(key).size;
}
