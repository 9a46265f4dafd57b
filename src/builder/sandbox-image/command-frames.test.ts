import { describe, expect, test } from 'vitest';
import type { OutputStream } from '#kernel';
import { encodeRequest, FrameReader } from './command-frames.ts';

function frame(kind: number, payload: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind);
  head.writeUInt32BE(Buffer.byteLength(payload), 1);
  return Buffer.concat([head, Buffer.from(payload)]);
}

describe('FrameReader', () => {
  test('frames arrive whole in whatever pieces they come', () => {
    const result = { exitCode: 3, outOfMemory: false, outOfDisk: true };
    const bytes = Buffer.concat([
      frame(1, 'out'),
      frame(2, 'err'),
      frame(1, ''),
      frame(1, 'more'),
      frame(3, JSON.stringify(result)),
    ]);

    for (const size of [1, 2, 7, bytes.length]) {
      const heard: [OutputStream, string][] = [];
      const reader = new FrameReader((stream, payload) => {
        heard.push([stream, Buffer.from(payload).toString()]);
      });
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));

      expect(heard.filter(([, text]) => text !== '')).toEqual([
        ['stdout', 'out'],
        ['stderr', 'err'],
        ['stdout', 'more'],
      ]);
      expect(reader.result).toEqual(result);
    }
  });

  test('there is no result before its frame is whole', () => {
    const reader = new FrameReader(() => undefined);

    reader.push(frame(3, '{"exitCode":0}').subarray(0, -1));

    expect(reader.result).toBeUndefined();
  });
});

describe('encodeRequest', () => {
  test('the request says how many bytes of input follow it', () => {
    const input = Buffer.from([0, 1, 255]);
    const bytes = encodeRequest(
      { argv: ['cat'], workingDirectory: '/', environment: {}, input, onOutput: () => undefined },
      { A: 'b' },
    );

    const view = Buffer.from(bytes);
    const length = view.readUInt32BE();
    expect(JSON.parse(view.subarray(4, 4 + length).toString())).toEqual({
      argv: ['cat'],
      workingDirectory: '/',
      environment: { A: 'b' },
      inputBytes: 3,
    });
    expect(view.subarray(4 + length).equals(input)).toBe(true);
  });
});
