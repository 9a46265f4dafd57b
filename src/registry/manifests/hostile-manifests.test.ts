import { describe, expect, test } from 'vitest';
import { AppError, mediaTypes } from '#kernel';
import { digestOf } from '#platform/crypto';
import { largestManifestBytes, parseManifestDocument } from './manifest-document.ts';

const digest = digestOf(Buffer.from('a'));
const child = { mediaType: mediaTypes.ociManifest, digest, size: 1 };

/** As large as a manifest may be: a head, a unit as often as there is room for it, and a tail. */
function filled(head: string, unit: string, tail: string): string {
  const room = largestManifestBytes - Buffer.byteLength(head + tail);
  return head + unit.repeat(Math.floor(room / Buffer.byteLength(unit))) + tail;
}

function manyKeys(keyOf: (index: number) => string): string {
  const entries = Array.from({ length: 200_000 }, (_, index) => `"${keyOf(index)}":0`);
  return `{${entries.join(',')}}`.slice(0, largestManifestBytes);
}

const half = largestManifestBytes / 2 - 16;
const annotated = (value: string) =>
  `{"schemaVersion":2,"manifests":[],"annotations":{"a":"${value}`;
const descriptor = JSON.stringify(child);

const hostile: readonly [what: string, text: string][] = [
  ['objects', filled('[', '{},', '{}]')],
  ['lists', filled('[', '[],', '[]]')],
  ['numbers', filled('[', '0,', '0]')],
  ['texts', filled('[', '"",', '""]')],
  ['open lists', filled('', '[', '')],
  ['open objects', filled('', '{"":', '')],
  ['keys', manyKeys((index) => index.toString(36))],
  ['keys that are numbers', manyKeys((index) => String(index * 7_919))],
  ['escaped keys', manyKeys((index) => `\\u006b${index}`)],
  ['equal keys', manyKeys(() => 'k')],
  ['one long key', filled('{"', 'k', '":0}')],
  ['a long key twice', `{"${'k'.repeat(half)}":0,"${'k'.repeat(half)}":0}`],
  ['digits', filled('', '9', '')],
  ['digits behind a point', filled('0.', '9', '')],
  ['an exponent', filled('1e', '9', '')],
  ['spaces', filled('{', ' ', '}')],
  ['spaces between two texts', filled('["a"', ' ', ',"b"]')],
  ['quotes', filled('', '"', '')],
  ['backslashes', filled('"', '\\', '')],
  ['colons', filled('', ':', '')],
  ['nothing but zeros', '\0'.repeat(largestManifestBytes)],
  ['descriptors', filled(`{"schemaVersion":2,"manifests":[`, `${descriptor},`, `${descriptor}]}`)],
];

const legal: readonly [what: string, text: string][] = [
  ['a huge annotation', filled(annotated(''), 'a', '"}}')],
  ['a huge annotation in two bytes a letter', filled(annotated(''), 'é', '"}}')],
  ['a huge annotation of escapes', filled(annotated(''), '\\u0061', '"}}')],
  [
    'a thousand descriptors with long annotations',
    JSON.stringify({
      schemaVersion: 2,
      manifests: Array.from({ length: 1_000 }, (_, index) => ({
        ...child,
        digest: digestOf(Buffer.from(String(index))),
        platform: { architecture: 'amd64', os: 'linux' },
        annotations: { a: 'x'.repeat(1_900), b: 'y'.repeat(1_900) },
      })),
    }),
  ],
];

interface Outcome {
  readonly refused: AppError | undefined;
  /** Of this thread alone: what else the machine does is none of the manifest's doing. */
  readonly milliseconds: number;
}

function read(bytes: Buffer): Outcome {
  const before = process.threadCpuUsage();
  const refused = refusalOf(bytes);
  const { user, system } = process.threadCpuUsage(before);
  return { refused, milliseconds: (user + system) / 1_000 };
}

function refusalOf(bytes: Buffer): AppError | undefined {
  try {
    parseManifestDocument(mediaTypes.ociIndex, bytes);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Tries until it is quick enough: the first time code runs it has yet to be compiled. */
function readUntil(milliseconds: number, bytes: Buffer): Outcome {
  let outcome = read(bytes);
  for (let tries = 1; tries < 20 && outcome.milliseconds > milliseconds; tries += 1) {
    outcome = read(bytes);
  }
  return outcome;
}

describe('A11 a manifest of 4 MiB holds up nobody else, be it', () => {
  test.each(hostile)('%s', (_what, text) => {
    const bytes = Buffer.from(text);
    const before = process.memoryUsage().rss;

    const { refused, milliseconds } = readUntil(50, bytes);

    expect(refused).toMatchObject({ code: 'MANIFEST_INVALID' });
    expect(JSON.stringify([refused?.message, refused?.detail]).length).toBeLessThan(2_000);
    expect(milliseconds).toBeLessThan(50);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test.each(legal)('%s, which is taken', (_what, text) => {
    const bytes = Buffer.from(text);
    expect(bytes.length).toBeGreaterThan(3_900_000);
    expect(bytes.length).toBeLessThanOrEqual(largestManifestBytes);

    const { refused, milliseconds } = readUntil(50, bytes);

    expect(refused).toBeUndefined();
    expect(milliseconds).toBeLessThan(50);
  });
});
