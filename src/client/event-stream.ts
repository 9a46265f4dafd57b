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
  let id: string | undefined;
  let data: string[] = [];
  for await (const line of readLines(chunks)) {
    if (line === '') {
      if (data.length > 0) yield { id, data: data.join('\n') };
      data = [];
      continue;
    }
    const { name, value } = splitField(line);
    if (name === 'data') data.push(value);
    if (name === 'id') id = value;
  }
}

function splitField(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) return { name: line, value: '' };
  const value = line.slice(colon + 1);
  return { name: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
}

async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}
