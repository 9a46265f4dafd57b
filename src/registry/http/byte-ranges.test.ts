import { describe, expect, test } from 'vitest';
import { parseChunkOffset, parseRange } from './byte-ranges.ts';

describe('the Range of a download', () => {
  test.each([
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=2-4', { first: 2, last: 4 }],
    ['bytes=5-', { first: 5, last: 9 }],
    ['bytes=-3', { first: 7, last: 9 }],
    ['bytes=-30', { first: 0, last: 9 }],
    ['bytes=8-99', { first: 8, last: 9 }],
  ])('%s of ten bytes', (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });

  test.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b'])(
    'A43 %s means the whole blob',
    (header) => {
      expect(parseRange(header, 10)).toBeUndefined();
    },
  );

  test.each(['bytes=10-', 'bytes=10-12', 'bytes=4-2', 'bytes=-0'])(
    '%s of ten bytes is not there',
    (header) => {
      expect(() => parseRange(header, 10)).toThrow(
        expect.objectContaining({ code: 'RANGE_NOT_SATISFIABLE' }),
      );
    },
  );

  test('an empty blob has no part', () => {
    expect(() => parseRange('bytes=0-', 0)).toThrow(
      expect.objectContaining({ code: 'RANGE_NOT_SATISFIABLE' }),
    );
  });
});

describe('the Content-Range of a chunk', () => {
  test.each(['5-9', 'bytes 5-9', 'bytes 5-9/*', 'bytes 5-9/100'])('%s begins at 5', (header) => {
    expect(parseChunkOffset(header, '5')).toBe(5);
    expect(parseChunkOffset(header, undefined)).toBe(5);
  });

  test('a chunk without one goes on where the upload stands', () => {
    expect(parseChunkOffset(undefined, '5')).toBeUndefined();
  });

  test.each(['9-5x', '-5', 'bytes=5-9', '5', ''])('%s is refused', (header) => {
    expect(() => parseChunkOffset(header, '5')).toThrow(
      expect.objectContaining({ code: 'RANGE_INVALID' }),
    );
  });

  test('a length that does not agree is refused', () => {
    expect(() => parseChunkOffset('0-9', '9')).toThrow(
      expect.objectContaining({ code: 'SIZE_INVALID' }),
    );
  });
});
