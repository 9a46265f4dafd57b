import { phaseNames } from '#kernel';

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
 * Searching costs time for each form and line, and one repository must not take the builder's from
 * all others. Far more than people's keys need; lines past it are hidden where they stand alone.
 */
const mostSearchedForms = 3_000;

/**
 * Hides these values however a log is likely to show them: as they are, each line of values with
 * several lines, and their base64, also within something longer that was encoded.
 */
export function createSecretMask(values: Iterable<string>): SecretMask {
  const wholes = [...values];
  const lines = new Set(wholes.flatMap(linesOf).filter(isSecret));
  const forms = firstOf(formsByWeight(wholes.filter(isSecret), lines), mostSearchedForms);
  const lengths = forms.map((form) => form.length);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  const shortest = lengths.reduce((least, length) => Math.min(least, length), Infinity);
  return {
    longest,
    apply: (text) => {
      // Most lines of a flood are short: they must not cost a search each.
      if (text.length < shortest) return text;
      return lines.has(text.trim()) ? replacement : hide(text, findRanges(text, forms));
    },
    cutAfter: (text, at) => {
      const range = findRanges(text, forms).find(({ start, end }) => start < at && at < end);
      return range?.end ?? at;
    },
  };
}

function linesOf(value: string): string[] {
  return value.split(/\r?\n|\\n/).map((line) => line.trim());
}

function isSecret(form: string): boolean {
  return form.length >= shortestSecret && !everydayWords.has(form);
}

/** The likeliest to be seen first: whoever has too many loses the unlikeliest. */
function* formsByWeight(wholes: readonly string[], lines: Iterable<string>): Generator<string> {
  yield* wholes.filter((value) => !value.includes('\n'));
  for (const value of wholes) yield* encodedFormsOf(value);
  yield* lines;
  for (const line of lines) yield* encodedFormsOf(line);
  for (const value of wholes) yield* wrappedFormsOf(value);
}

function firstOf(forms: Iterable<string>, most: number): readonly string[] {
  const found = new Set<string>();
  for (const form of forms) {
    if (found.size === most) break;
    found.add(form);
  }
  return [...found];
}

function encodedFormsOf(value: string): string[] {
  const cores = [0, 1, 2].map((offset) => encodedCore(value, offset));
  return inBothAlphabets([base64Of(value), ...cores]);
}

/** As the usual programs break the lines of what they encode. */
function wrappedFormsOf(value: string): string[] {
  return inBothAlphabets(encodedLineLengths.flatMap((length) => wrap(base64Of(value), length)));
}

function inBothAlphabets(encoded: readonly string[]): string[] {
  return encoded
    .filter((form) => form.length >= shortestEncoded)
    .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function base64Of(value: string): string {
  return Buffer.from(value).toString('base64');
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
  const found = occurrencesOf(forms, text);
  found.sort((one, other) => one.start - other.start);
  const merged: Range[] = [];
  for (const range of found) {
    const last = merged.at(-1);
    if (last === undefined || range.start >= last.end) merged.push(range);
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return merged;
}

function occurrencesOf(forms: readonly string[], text: string): Range[] {
  const found: Range[] = [];
  for (const form of forms) {
    for (let start = text.indexOf(form); start !== -1; ) {
      const end = endOfRun(form, text, start);
      found.push({ start, end });
      start = text.indexOf(form, end);
    }
  }
  return found;
}

/** Where the last of several occurrences ends that overlap, as in `ababab` for `abab`. */
function endOfRun(form: string, text: string, start: number): number {
  let end = start + form.length;
  for (;;) {
    const next = text.lastIndexOf(form, end - 1) + form.length;
    if (next <= end) return end;
    end = next;
  }
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
