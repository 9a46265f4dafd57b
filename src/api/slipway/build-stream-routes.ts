import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Build } from '#builds';
import { remoteAddressOf } from '#platform/http';
import type { ApiPart } from '../create-api.ts';
import { buildAccess } from './build-access.ts';
import { type BuildRooms, newestAttempt } from './build-routes.ts';
import { followBuild } from './follow-build.ts';
import type { RouteContext } from './register-route.ts';

const buildPath = z.object({ buildId: z.coerce.number().int() });
const whichLines = z.object({
  attempt: z.coerce.number().int().min(1).optional(),
  from: z.coerce.number().int().min(0).default(0),
});

export type BuildStreamOptions = BuildRooms &
  RouteContext & {
    /** Ends all streams: the server stops. */
    readonly closing: AbortSignal;
  };

/** What is no single answer: a build's events as they happen, and its log as plain text. */
export function buildStreamRoutes(options: BuildStreamOptions): ApiPart {
  return (server: FastifyInstance) => {
    const schema = { params: buildPath, querystring: whichLines, tags: ['Builds'] };
    const eventsSummary = 'Server-sent events of a build, its log lines among them, until it ends.';
    server.get(
      '/api/v1/builds/:buildId/events',
      { schema: { ...schema, summary: eventsSummary } },
      async (request, reply) => {
        const build = await admit(options, request);
        await sendEvents(options, build, { request, reply });
      },
    );
    const rawSummary = 'The log of an attempt as text.';
    server.get(
      '/api/v1/builds/:buildId/log/raw',
      { schema: { ...schema, summary: rawSummary } },
      async (request, reply) => {
        const build = await admit(options, request);
        await sendRawLog(options, build, { request, reply });
      },
    );
  };
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function admit(options: BuildStreamOptions, request: FastifyRequest): Promise<Build> {
  const remoteAddress = remoteAddressOf(request.raw);
  const { authorization } = request.headers;
  const { principal } = await options.authenticate({ authorization, remoteAddress });
  const params = request.params as z.output<typeof buildPath>;
  const access = buildAccess(options, 'viewLog');
  return (await access.check({ principal, remoteAddress, params })).build;
}

async function sendRawLog(
  { builds }: BuildStreamOptions,
  build: Build,
  { request, reply }: Exchange,
): Promise<void> {
  const { attempt } = request.query as z.output<typeof whichLines>;
  const number = attempt ?? (await newestAttempt(builds, build));
  await builds.logs.read(`${build.id}-${number}`, { from: 0, limit: 1 });
  reply.hijack();
  reply.raw.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  });
  await pipeline(builds.logs.text(`${build.id}-${number}`), reply.raw);
}

const signOfLifeMilliseconds = 15_000;

async function sendEvents(
  options: BuildStreamOptions,
  build: Build,
  { request, reply }: Exchange,
): Promise<void> {
  reply.hijack();
  const response = reply.raw;
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const signOfLife = setInterval(() => response.write(': still here\n\n'), signOfLifeMilliseconds);
  const signal = AbortSignal.any([closed.signal, options.closing]);
  try {
    for await (const { id, event } of followBuild(options.builds, build.id, {
      ...resumePoint(request),
      signal,
    })) {
      const idLine = id === undefined ? '' : `id: ${id}\n`;
      const canTakeMore = response.write(`${idLine}data: ${JSON.stringify(event)}\n\n`);
      if (!canTakeMore) await drained(response, signal);
    }
  } finally {
    clearInterval(signOfLife);
    response.end();
  }
}

/** Where an earlier connection stopped goes before what the address says. */
function resumePoint(request: FastifyRequest): { attempt?: number; from: number } {
  const { attempt, from } = request.query as z.output<typeof whichLines>;
  const last = /^(\d{1,9}):(\d{1,9})$/.exec(String(request.headers['last-event-id'] ?? ''));
  if (last !== null) return { attempt: Number(last[1]), from: Number(last[2]) + 1 };
  return attempt === undefined ? { from } : { attempt, from };
}

function drained(response: NodeJS.EventEmitter, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('drain', resolve);
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
