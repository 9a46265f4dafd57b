import { createParser } from 'eventsource-parser';

/** One message of a stream of server-sent events. */
export interface ServerSentEvent {
  /** The last `id` seen up to this message; sent back as `Last-Event-ID` to resume after it. */
  readonly id: string | undefined;
  readonly data: string;
}

/**
 * Reads server-sent events from bytes as they come (HTML standard, 9.2.6). Comments, which servers
 * send to keep a connection alive, and the fields `event` and `retry` are skipped; a message that
 * the end cuts off is dropped, as the standard says.
 */
export async function* readEventStream(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent, void> {
  const decoder = new TextDecoder();
  const arrived: ServerSentEvent[] = [];
  let lastId: string | undefined;
  const parser = createParser({
    onId: (id) => {
      lastId = id;
    },
    onEvent: ({ data }) => arrived.push({ id: lastId, data }),
  });
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* arrived.splice(0);
  }
}
