import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as a test says, and keeps what it was asked. */
export interface OddRegistry extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly seen: readonly SeenRequest[];
}

export interface SeenRequest {
  /** `GET /v2/?n=1`. */
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  /** Tells connections apart. */
  readonly port: number | undefined;
  /** What came of it; nothing where the answer did not wait for it. */
  readonly body: Buffer;
}

/** What is answered: a status, headers and a body, or whatever the test does to the response itself. */
export type OddAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: Uint8Array | string;
    }
  | ((response: ServerResponse) => void);

export async function startOddRegistry(
  answer: (request: SeenRequest, url: string) => OddAnswer,
  { waitsForBodies = true } = {},
): Promise<OddRegistry> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => void serve(request, response));
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks = waitsForBodies ? await request.toArray().catch(() => []) : [];
    const body = Buffer.concat(chunks);
    const { method, url: target, headers, socket } = request;
    const asked = { line: `${method} ${target}`, headers, port: socket.remotePort, body };
    seen.push(asked);
    reply(response, answer(asked, url));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function reply(response: ServerResponse, answer: OddAnswer): void {
  if (typeof answer === 'function') return answer(response);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.writeHead(answer.status ?? 200);
  response.end(answer.body);
}

/** An envelope as the specification has it. */
export function refusal(status: number, code: string, message: string, headers = {}): OddAnswer {
  const body = JSON.stringify({ errors: [{ code, message }] });
  return { status, body, headers: { 'content-type': 'application/json', ...headers } };
}
