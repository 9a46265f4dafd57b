import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '#platform/http';
import {
  type Assignment,
  type ConnectionEvent,
  type ConnectionRequest,
  connectionRequest,
  type FinishReport,
  finishReport,
  type Heartbeat,
  heartbeat,
  type LogLine,
  logBatch,
  type PhaseReport,
  type PublishReport,
  phaseReport,
} from '#protocol';
import { type GitHost, openGitHost } from './git-host.ts';
import { sampleAssignment } from './sample-assignment.ts';
import { SmallRegistry } from './small-registry.ts';

/** What became of one attempt, as its server saw it. */
export class AttemptRecord {
  readonly phases: PhaseReport[] = [];
  readonly lines: LogLine[] = [];
  readonly finished = Promise.withResolvers<FinishReport>();
  published = 0;
  hasEnded = false;

  /** Names of the phases that began, in order. */
  get began(): readonly string[] {
    return this.phases.filter(({ event }) => event === 'start').map(({ phase }) => phase);
  }

  get text(): string {
    return this.lines.map(({ text }) => text).join('\n');
  }
}

/** A server's side of the builder protocol, with a git host and a registry, for one test. */
export class ProtocolServer implements AsyncDisposable {
  readonly registry = new SmallRegistry();
  readonly connections: ConnectionRequest[] = [];
  readonly heartbeats: Heartbeat[] = [];
  /** Takes no sign of life any more. */
  hasGivenUp = false;
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly authorization: string;
  }[] = [];
  readonly git: GitHost;
  /** What `publish` answers; by default every pushed tag moves. */
  publishAnswer: ((record: AttemptRecord) => PublishReport) | undefined;
  /** Answers every connection with this. */
  refusal: { readonly status: number; readonly code: string; readonly detail: string } | undefined;
  /** Answers nothing, as if it were gone. */
  isUnreachable = false;
  readonly #records = new Map<string, AttemptRecord>();
  readonly #openConnections = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  #opened = Promise.withResolvers<void>();

  private constructor(git: GitHost) {
    this.git = git;
  }

  static async open(): Promise<ProtocolServer> {
    const server = new ProtocolServer(await openGitHost());
    await server.listen(0);
    return server;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** An attempt of the source's newest commit, with what the test wants otherwise. */
  assignment(commit: string, changes: Partial<Assignment> = {}): Assignment {
    const source = { path: this.git.path, type: 'branch' as const, name: 'main', commit };
    return sampleAssignment({ source, ...changes });
  }

  record(attemptId: string): AttemptRecord {
    const known = this.#records.get(attemptId) ?? new AttemptRecord();
    this.#records.set(attemptId, known);
    return known;
  }

  /** Resolves when a builder has a connection open. */
  async connection(): Promise<void> {
    await this.#opened.promise;
  }

  send(event: ConnectionEvent): void {
    for (const connection of this.#openConnections) connection.write(`${JSON.stringify(event)}\n`);
  }

  breakConnections(): void {
    this.#opened = Promise.withResolvers<void>();
    for (const connection of this.#openConnections) connection.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.git[Symbol.asyncDispose]();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/', headers } = request;
    if (this.isUnreachable) return void request.socket.destroy();
    this.requests.push({ method, path: url, authorization: headers.authorization ?? '' });
    if (url.startsWith('/git/')) return this.git.serve(request, response);
    if (url.startsWith('/v2/')) return this.registry.serve(request, response);
    const body: unknown = JSON.parse((await readBody(request, 20_000_000)).toString());
    if (url === '/api/builder/v1/connection') return this.#openConnection(body, response);
    if (url === '/api/builder/v1/heartbeat') return this.#takeHeartbeat(body, response);
    const [, attemptId = '', call = ''] = /\/attempts\/([^/]+)\/(\w+)$/.exec(url) ?? [];
    this.#takeReport(this.record(attemptId), call, body, response);
  }

  #openConnection(body: unknown, response: ServerResponse): void {
    if (this.refusal !== undefined) return this.#refuse(this.refusal, response);
    this.connections.push(connectionRequest.parse(body));
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(
      `${JSON.stringify({ type: 'welcome', builderId: 'builder-1', connectionId: '1' })}\n`,
    );
    this.#openConnections.add(response);
    response.once('close', () => this.#openConnections.delete(response));
    this.#opened.resolve();
  }

  #takeHeartbeat(body: unknown, response: ServerResponse): void {
    this.heartbeats.push(heartbeat.parse(body));
    if (this.hasGivenUp) {
      const detail = 'the connection was given up';
      return this.#refuse({ status: 409, code: 'CONNECTION_CLOSED', detail }, response);
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }

  #refuse(
    { status, ...rest }: NonNullable<ProtocolServer['refusal']>,
    response: ServerResponse,
  ): void {
    const fixed = { type: 'about:blank', title: rest.code, requestId: 'request-1' };
    response.writeHead(status, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ ...fixed, status, ...rest }));
  }

  #takeReport(record: AttemptRecord, call: string, body: unknown, response: ServerResponse): void {
    if (record.hasEnded) return void response.writeHead(409).end('{}');
    if (call === 'log') this.#takeLines(record, body);
    if (call === 'phases') record.phases.push(phaseReport.parse(body));
    if (call === 'finish') {
      record.hasEnded = true;
      record.finished.resolve(finishReport.parse(body));
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(call === 'publish' ? this.#publish(record) : {}));
  }

  #takeLines(record: AttemptRecord, body: unknown): void {
    const { from, lines } = logBatch.parse(body);
    record.lines.splice(from, record.lines.length, ...lines);
  }

  #publish(record: AttemptRecord): PublishReport {
    record.published += 1;
    if (this.publishAnswer !== undefined) return this.publishAnswer(record);
    const tags = this.registry.tags('myorg/app');
    return { tags: tags.map((tag) => ({ tag, digest: 'sha256:0', outcome: 'moved' })) };
  }
}
