import { operationUrl, parseServerUrl, readRefusal, readText } from '#client';
import { type Clock, systemClock } from '#kernel';
import {
  builderOperations,
  type ConnectionEvent,
  type ConnectionRequest,
  type Heartbeat,
} from '#protocol';
import { type AttemptClient, createAttemptClient } from './attempt-client.ts';
import { openConnection } from './open-connection.ts';
import { postJson } from './protocol-exchange.ts';

/** A builder's side of the builder protocol. Safe to share: it keeps no state but its credential. */
export interface BuilderClient {
  /** The server's origin. */
  readonly serverUrl: string;

  /**
   * Opens the connection and gives its events until the server ends it or it breaks. One
   * connection, no second try: whoever reads knows what is still running. Throws
   * `SERVER_UNREACHABLE` when the connection fails, breaks or falls silent, `ApiError` when the
   * server refuses, `ANSWER_INVALID` for what is not understood, and the signal's reason.
   */
  openConnection(request: ConnectionRequest, signal: AbortSignal): AsyncIterable<ConnectionEvent>;

  /**
   * Says that the builder lives, and what it holds. Tried once. Throws as `openConnection` does, with
   * `CONNECTION_CLOSED` where the server has given the builder up.
   */
  sendHeartbeat(heartbeat: Heartbeat, signal: AbortSignal): Promise<void>;

  /** The reports of one attempt, sent with the attempt's own token. */
  attempt(attemptId: string, token: string): AttemptClient;
}

export interface BuilderClientOptions {
  readonly serverUrl: string;
  /** The builder's credential. */
  readonly token: string;
  readonly clock?: Clock;
}

/** Throws `SERVER_ADDRESS_INVALID`; connects to nothing yet. */
export function createBuilderClient(options: BuilderClientOptions): BuilderClient {
  const { token } = options;
  const server = parseServerUrl(options.serverUrl);
  const clock = options.clock ?? systemClock;
  return {
    serverUrl: server.origin,
    openConnection: (request, signal) => openConnection({ server, token, request, signal }),
    sendHeartbeat: async (heartbeat, signal) => {
      const url = operationUrl(server, builderOperations.sendHeartbeat, { api: 'builder' });
      const answer = await postJson(url, token, heartbeat, { signal });
      const text = await readText(answer);
      if (!answer.isSuccess) throw readRefusal(answer.status, text, url);
    },
    attempt: (attemptId, attemptToken) =>
      createAttemptClient({ server, attemptId, token: attemptToken, clock }),
  };
}
