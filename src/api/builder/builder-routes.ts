import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AttemptStanding, Builds } from '#builds';
import { type PresentedCredential, parseAuthorization } from '#credentials';
import {
  finishReport,
  type Heartbeat,
  heartbeat,
  logBatch,
  phaseReport,
  publishReport,
  type SessionRequest,
  sessionRequest,
} from '#protocol';
import { apiErrors } from '../api-errors.ts';
import type { ApiPart } from '../create-api.ts';
import { assertStorable } from '../storable-text.ts';
import { type Exchange, replyWithStream } from '../stream-reply.ts';
import { sessionEvents } from './session-events.ts';

export interface BuilderRoutesOptions {
  readonly builds: Builds;
  readonly publicUrl: string;
  /** Aborts when the server stops: builders look for another one and keep what they run. */
  readonly stopping: AbortSignal;
  /** Any of these makes its bearer a builder. */
  readonly builderTokens: readonly string[];
}

const attemptPath = z.object({ attemptId: z.string() });

/** The builder protocol (`#protocol`, builder-protocol.ts). */
export function builderRoutes(options: BuilderRoutesOptions): ApiPart {
  return (server, { logger }) => {
    server.post(
      '/api/builder/v1/session',
      { schema: { hide: true, body: sessionRequest } },
      async (request, reply) => {
        assertBuilder(options.builderTokens, request);
        assertStorable(request.body, '');
        await serveSession(options, { request, reply, logger });
      },
    );
    server.post(
      '/api/builder/v1/heartbeat',
      { schema: { hide: true, body: heartbeat } },
      async (request) => {
        assertBuilder(options.builderTokens, request);
        await options.builds.builders.hear(request.body as Heartbeat);
        return {};
      },
    );
    addAttemptRoutes(server, options);
  };
}

function addAttemptRoutes(server: FastifyInstance, options: BuilderRoutesOptions): void {
  const { attempts } = options.builds;
  const route = <Body extends z.ZodType>(
    name: string,
    body: Body,
    handle: (standing: AttemptStanding, body: z.output<Body>) => Promise<unknown>,
  ) =>
    server.post(
      `/api/builder/v1/attempts/:attemptId/${name}`,
      { schema: { hide: true, params: attemptPath, body } },
      async (request) => {
        const { attemptId } = request.params as z.output<typeof attemptPath>;
        const standing = await standingOf(options.builds, request, attemptId);
        return (await handle(standing, request.body as z.output<Body>)) ?? {};
      },
    );

  route('log', logBatch, ({ attemptId }, body) => attempts.appendLog(attemptId, body));
  route('phases', phaseReport, ({ attemptId }, body) => attempts.recordPhase(attemptId, body));
  route('publish', z.object({}), async ({ attemptId }) =>
    publishReport.parse({ tags: await attempts.publish(attemptId) }),
  );
  route('finish', finishReport, async ({ attemptId }, body) => {
    assertStorable(body, '');
    await attempts.finish(attemptId, body);
  });
  route('settled', z.object({}), ({ attemptId }) => attempts.settle(attemptId));
}

/** Whose report it is. An attempt that has ended is known still, and told so by what it asks for. */
async function standingOf(
  { attempts }: Builds,
  request: FastifyRequest,
  attemptId: string,
): Promise<AttemptStanding> {
  const token = bearerOf(request);
  const standing = token === undefined ? undefined : await attempts.authenticate(token);
  if (standing?.attemptId === attemptId) return standing;
  throw apiErrors.fail('BUILDER_UNAUTHENTICATED', 'this is not the token of that attempt');
}

function assertBuilder(tokens: readonly string[], request: FastifyRequest): void {
  const token = bearerOf(request);
  if (token !== undefined && tokens.some((known) => isSame(known, token))) return;
  throw apiErrors.fail(
    'BUILDER_UNAUTHENTICATED',
    'start the builder with the SLIPWAY_BUILDER_TOKEN that the server was started with',
  );
}

function bearerOf(request: FastifyRequest): string | undefined {
  const presented: PresentedCredential = parseAuthorization(request.headers.authorization);
  return presented.kind === 'bearer' ? presented.token : undefined;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Answers with one JSON text a line until either side ends it. */
async function serveSession(options: BuilderRoutesOptions, exchange: Exchange): Promise<void> {
  // A line every few seconds shows the builder that we are there; nothing shows us but the close.
  const { socket } = exchange.request;
  socket.setTimeout(0);
  socket.setKeepAlive(true, 10_000);
  const headers = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' };
  const { publicUrl, stopping } = options;
  const { builders } = options.builds;
  const request = exchange.request.body as SessionRequest;
  await replyWithStream(exchange, headers, async ({ closed, send }) => {
    const events = sessionEvents({ builders, publicUrl }, request, { closed, stopping });
    for await (const event of events)
      await send(`${JSON.stringify(event)}
`);
  });
}
