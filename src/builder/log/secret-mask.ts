import { phaseNames } from '#protocol';

/** Finds secrets in text and hides them. */
export interface SecretMask {
  /** Length of the longest form that is looked for; 0 when there is nothing to hide. */
  readonly longest: number;
  /** The text with every secret in it replaced. */
  apply(text: string): string;
  /** The first place at or after `at` that is not inside a secret: where text may be cut. */
  cutAfter(text: string, at: number): number;
}

const replacement = '***';
/** Shorter values would blank half of every log, and are no secrets worth the name. */
const shortestSecret = 4;
const shortestEncoded = 8;
/** Values that settings have and every log is full of. */
const everydayWords: ReadonlySet<string> = new Set([
  ...phaseNames,
  ...'true false none main master latest stable release develop'.split(' '),
  ...'development staging production debug info'.split(' '),
]);
/** Where `base64` and `openssl` break their lines. */
const encodedLineLengths = [76, 64];

/**
 * Hides these values however a log is likely to show them: as they are, each line of values with
 * several lines, and their base64, also within something longer that was encoded.
 */
export function createSecretMask(values: Iterable<string>): SecretMask {
  const forms = [...new Set([...values].flatMap(formsOf))];
  const longest = Math.max(0, ...forms.map((form) => form.length));
  const shortest = Math.min(...forms.map((form) => form.length));
  return {
    longest,
    // Most lines of a flood are short: they must not cost a search each.
    apply: (text) => (text.length < shortest ? text : hide(text, findRanges(text, forms))),
    cutAfter: (text, at) => {
      const range = findRanges(text, forms).find(({ start, end }) => start < at && at < end);
      return range?.end ?? at;
    },
  };
}

function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n|\\n/).map((line) => line.trim());
  const plain = [value, ...lines].filter(
    (form) => form.length >= shortestSecret && !everydayWords.has(form),
  );
  const encoded = plain.flatMap(encodedFormsOf);
  return [...plain.filter((form) => !form.includes('\n')), ...encoded];
}

function encodedFormsOf(value: string): string[] {
  const whole = Buffer.from(value).toString('base64');
  const cores = [0, 1, 2].map((offset) => encodedCore(value, offset));
  const wrapped = encodedLineLengths.flatMap((length) => wrap(whole, length));
  return [whole, ...cores, ...wrapped]
    .filter((form) => form.length >= shortestEncoded)
    .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/**
 * The characters of base64 that depend on the value alone when so many bytes modulo three stand
 * before it, whatever they and those after it are.
 */
function encodedCore(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const encoded = bytes.toString('base64').replaceAll('=', '');
  const foreignAtStart = Math.ceil((offset * 8) / 6);
  const foreignAtEnd = bytes.length % 3 === 0 ? 0 : 1;
  return encoded.slice(foreignAtStart, encoded.length - foreignAtEnd);
}

function wrap(text: string, length: number): string[] {
  if (text.length <= length) return [];
  return Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** In order, without overlaps. */
function findRanges(text: string, forms: readonly string[]): Range[] {
  const found = forms.flatMap((form) => occurrencesOf(form, text));
  found.sort((one, other) => one.start - other.start);
  const merged: Range[] = [];
  for (const range of found) {
    const last = merged.at(-1);
    if (last === undefined || range.start >= last.end) merged.push(range);
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return merged;
}

function occurrencesOf(form: string, text: string): Range[] {
  const found: Range[] = [];
  for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + 1)) {
    found.push({ start, end: start + form.length });
  }
  return found;
}

function hide(text: string, ranges: readonly Range[]): string {
  let shown = '';
  let position = 0;
  for (const { start, end } of ranges) {
    shown += text.slice(position, start) + replacement;
    position = end;
  }
  return shown + text.slice(position);
}
