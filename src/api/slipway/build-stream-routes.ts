import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Build } from '#builds';
import { remoteAddressOf } from '#platform/http';
import type { ApiPart } from '../create-api.ts';
import { type Exchange, replyWithStream, type StreamReply } from '../stream-reply.ts';
import { buildAccess } from './build-access.ts';
import { type BuildRooms, newestAttempt } from './build-routes.ts';
import { followBuild } from './follow-build.ts';
import type { RouteContext } from './register-route.ts';
import { accessSchema, problemAnswer } from './route-schema.ts';

const buildPath = z.object({ buildId: z.coerce.number().int() });
const whichAttempt = z.strictObject({ attempt: z.coerce.number().int().min(1).optional() });
const whichLines = whichAttempt.extend({ from: z.coerce.number().int().min(0).default(0) });

export type BuildStreamOptions = BuildRooms &
  RouteContext & {
    /** Ends all streams: the server stops. */
    readonly closing: AbortSignal;
  };

/** What is no single answer: a build's events as they happen, and its log as plain text. */
export function buildStreamRoutes(options: BuildStreamOptions): ApiPart {
  return (server, { logger }) => {
    const { events, rawLog } = streamSchemas(options);
    const add = (path: string, schema: object, answer: StreamAnswer) =>
      addStream(server, `/api/v1/builds/:buildId/${path}`, schema, async (request, reply) => {
        const build = await admit(options, request);
        await answer(options, build, { request, reply, logger });
      });
    add('events', events, sendEvents);
    add('log/raw', rawLog, sendRawLog);
  };
}

type StreamAnswer = (
  options: BuildStreamOptions,
  build: Build,
  exchange: Exchange,
) => Promise<void>;

function addStream(
  server: FastifyInstance,
  url: string,
  schema: object,
  handler: (request: FastifyRequest, reply: Exchange['reply']) => Promise<void>,
): void {
  server.get(url, { schema, exposeHeadRoute: false }, handler);
}

function streamSchemas(options: BuildStreamOptions) {
  const common = {
    params: buildPath,
    tags: ['Builds'],
    ...accessSchema(buildAccess(options, 'viewBuildLogs')),
  };
  return {
    events: {
      ...common,
      operationId: 'followBuild',
      summary: 'Server-sent events of a build, its log lines among them, until it ends.',
      querystring: whichLines,
      response: { 200: textAnswer('text/event-stream'), default: problemAnswer },
    },
    rawLog: {
      ...common,
      operationId: 'readRawBuildLog',
      summary: 'The log of an attempt (the newest by default) as text.',
      querystring: whichAttempt,
      response: { 200: textAnswer('text/plain'), default: problemAnswer },
    },
  };
}

function textAnswer(mediaType: string) {
  return { description: 'As it comes.', content: { [mediaType]: { schema: z.string() } } };
}

async function admit(options: BuildStreamOptions, request: FastifyRequest): Promise<Build> {
  const remoteAddress = remoteAddressOf(request.raw);
  const { authorization } = request.headers;
  const { principal } = await options.authenticate({ authorization, remoteAddress });
  const params = request.params as z.output<typeof buildPath>;
  const access = buildAccess(options, 'viewBuildLogs');
  return (await access.check({ principal, remoteAddress, params })).build;
}

async function sendRawLog(
  { builds }: BuildStreamOptions,
  build: Build,
  exchange: Exchange,
): Promise<void> {
  const { attempt } = exchange.request.query as z.output<typeof whichAttempt>;
  const attemptId = `${build.id}-${attempt ?? (await newestAttempt(builds, build))}`;
  await builds.logs.read(attemptId, { from: 0, limit: 1 });
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "sandbox; default-src 'none'",
  };
  await replyWithStream(exchange, headers, async ({ send, closed }) => {
    for await (const text of builds.logs.text(attemptId) as AsyncIterable<Uint8Array>) {
      if (closed.aborted) return;
      await send(text);
    }
  });
}

const signOfLifeMilliseconds = 15_000;

async function sendEvents(
  options: BuildStreamOptions,
  build: Build,
  exchange: Exchange,
): Promise<void> {
  const { attempt, from } = resumePoint(exchange.request);
  if (attempt !== undefined) {
    await options.builds.logs.read(`${build.id}-${attempt}`, { from: 0, limit: 1 });
  }
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
  await replyWithStream(exchange, headers, async (stream) => {
    const signOfLife = setInterval(
      () => void stream.send(': still here\n\n'),
      signOfLifeMilliseconds,
    );
    try {
      await sendFollowed(options, build, { stream, attempt, from });
    } finally {
      clearInterval(signOfLife);
    }
  });
}

interface Following {
  readonly stream: StreamReply;
  readonly attempt: number | undefined;
  readonly from: number;
}

async function sendFollowed(
  { builds, closing }: BuildStreamOptions,
  { id: buildId }: Build,
  { stream, attempt, from }: Following,
): Promise<void> {
  const signal = AbortSignal.any([stream.closed, closing]);
  const events = followBuild(builds, buildId, {
    ...(attempt === undefined ? {} : { attempt }),
    from,
    signal,
  });
  for await (const { id, event } of events) {
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    await stream.send(`${idLine}data: ${JSON.stringify(event)}\n\n`);
  }
}

/** Where an earlier connection stopped goes before what the address says. */
function resumePoint(request: FastifyRequest): Pick<Following, 'attempt' | 'from'> {
  const { attempt, from } = request.query as z.output<typeof whichLines>;
  const last = /^(\d{1,9}):(\d{1,9})$/.exec(String(request.headers['last-event-id'] ?? ''));
  if (last === null) return { attempt, from };
  return { attempt: Number(last[1]), from: Number(last[2]) + 1 };
}
