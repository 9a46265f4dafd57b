/** What makes a JSON text mean different things to different readers, or costs too much to read. */
export type JsonAmbiguity =
  | { readonly kind: 'duplicate-key'; readonly key: string }
  | { readonly kind: 'too-deep' };

/**
 * Finds the first key that stands twice in one object, or nesting beyond `deepest`. The text must be
 * valid JSON: only strings, brackets and colons are looked at. Parsers disagree on which of two
 * equal keys counts, so one reader could check other layers than another pulls.
 */
export function findJsonAmbiguity(text: string, deepest: number): JsonAmbiguity | undefined {
  const keysOfOpen: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') {
      keysOfOpen.push(new Set());
      if (keysOfOpen.length > deepest) return { kind: 'too-deep' };
    } else if (character === '}' || character === ']') {
      keysOfOpen.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) {
        const key = JSON.parse(text.slice(at, end)) as string;
        const keys = keysOfOpen.at(-1);
        if (keys?.has(key)) return { kind: 'duplicate-key', key };
        keys?.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The index behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(text: string, behindString: number): boolean {
  let at = behindString;
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1;
  return text[at] === ':';
}
