import { expect, test } from 'vitest';
import { readEventStream, type ServerSentEvent } from './event-stream.ts';

async function read(...chunks: readonly (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of readEventStream(asBytes(chunks))) events.push(event);
  return events;
}

async function* asBytes(chunks: readonly (string | Uint8Array)[]) {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

test('a message may come in any pieces, letters cut in half included', async () => {
  const bytes = Buffer.from('id: 4\ndata: grün\n\n');
  const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));

  const events = await read(...pieces);

  expect(events).toEqual([{ id: '4', data: 'grün' }]);
});

test('lines end as servers like: CRLF, LF and CR, cut in the middle too', async () => {
  const events = await read('data: a\r\n\r', '\ndata: b\n\ndata: c\r\r');

  expect(events.map(({ data }) => data)).toEqual(['a', 'b', 'c']);
});

test('a mark of the byte order is no part of the first field', async () => {
  const events = await read('\ufeffdata: a\n\n');

  expect(events.map(({ data }) => data)).toEqual(['a']);
});

test('several data lines are one text, and a space after the colon is no part of it', async () => {
  const events = await read('data:a\ndata:  b\n\n');

  expect(events).toEqual([{ id: undefined, data: 'a\n b' }]);
});

test('comments keep a connection alive and are no messages', async () => {
  const events = await read(': ping\n\n: ping\n\nevent: line\nretry: 5\ndata: a\n\n');

  expect(events).toEqual([{ id: undefined, data: 'a' }]);
});

test('an id holds for the messages after it', async () => {
  const events = await read('id: 1\ndata: a\n\ndata: b\n\n');

  expect(events.map(({ id }) => id)).toEqual(['1', '1']);
});

test('a message that the end cuts off is dropped', async () => {
  const events = await read('data: a\n\ndata: b\n');

  expect(events.map(({ data }) => data)).toEqual(['a']);
});
