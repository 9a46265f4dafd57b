/** One way to be let in, as a server names it (RFC 9110, 11.3). */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** Names are in lower case, values unquoted; the first of a name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

const longestHeader = 8_192;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const quoted = /"((?:[^"\\]|\\.)*)"/y;
const separators = /[\s,]*/y;
const equals = /\s*=\s*/y;
const spaces = /[ \t]*/y;
/** What older schemes send in the place of parameters. */
const token68 = /[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/y;

/**
 * Reads WWW-Authenticate: a list of challenges whose parameters are separated by the same commas as
 * the challenges are. Throws nothing: what makes no sense becomes schemes that nobody knows.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const text = new Scanner(header.slice(0, longestHeader));
  const challenges: Challenge[] = [];
  text.take(separators);
  for (let scheme = text.take(token); scheme !== undefined; scheme = text.take(token)) {
    challenges.push({ scheme: scheme.toLowerCase(), parameters: readParameters(text) });
  }
  return challenges;
}

function readParameters(text: Scanner): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  text.take(spaces);
  text.take(token68);
  text.take(separators);
  for (;;) {
    const start = text.position;
    const name = text.take(token)?.toLowerCase();
    const value = name && text.take(equals) && readValue(text);
    if (name === undefined || value === undefined) {
      // Without a value it is the next challenge's scheme.
      text.position = start;
      return parameters;
    }
    if (!parameters.has(name)) parameters.set(name, value);
    text.take(separators);
  }
}

function readValue(text: Scanner): string | undefined {
  const inQuotes = text.take(quoted);
  return inQuotes === undefined
    ? text.take(token)
    : inQuotes.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

/** Takes a text apart from left to right. */
class Scanner {
  readonly #text: string;
  position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** What the sticky pattern matches here, `undefined` where it doesn't. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.#text)?.[0];
    this.position += found?.length ?? 0;
    return found;
  }
}
