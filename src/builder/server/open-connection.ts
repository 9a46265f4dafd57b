import { operationUrl, readRefusal, readText } from '#client';
import {
  builderOperations,
  type ConnectionEvent,
  type ConnectionRequest,
  connectionEvent,
} from '#protocol';
import { postJson, understand } from './protocol-exchange.ts';

export interface ConnectionCall {
  readonly server: URL;
  readonly token: string;
  readonly request: ConnectionRequest;
  readonly signal: AbortSignal;
}

/** The server sends a sign of life every few seconds. */
const silenceMilliseconds = 20_000;

/** See `BuilderClient.openConnection`. */
export async function* openConnection(call: ConnectionCall): AsyncGenerator<ConnectionEvent, void> {
  const { token, request, signal } = call;
  const url = operationUrl(call.server, builderOperations.openConnection, { api: 'builder' });
  const answer = await postJson(url, token, request, { signal, silenceMilliseconds });
  if (!answer.isSuccess) throw readRefusal(answer.status, await readText(answer), url);
  for await (const line of readLines(answer.chunks)) yield understand(connectionEvent, line, url);
}

/** Lines as they come, empty ones left out; one that the end cuts off is dropped. */
async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
  }
}
