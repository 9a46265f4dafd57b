import { buildStreams as streams } from '#protocol';
import type { Route } from '../kit/route.ts';
import type { StreamReply } from '../kit/stream-reply.ts';
import { buildAccess } from './build-access.ts';
import { type BuildRooms, newestAttempt } from './build-routes.ts';
import { followBuild } from './follow-build.ts';
import { streamRoute } from './route.ts';

export interface BuildStreamOptions extends BuildRooms {
  /** Ends all streams: the server stops. */
  readonly closing: AbortSignal;
}

const signOfLifeMilliseconds = 15_000;

/** What is no single answer: a build's events as they happen, and its log as plain text. */
export function buildStreamRoutes(options: BuildStreamOptions): readonly Route[] {
  const { builds } = options;
  const mayView = buildAccess(options, 'viewBuildLogs');
  return [
    streamRoute(streams.follow, mayView, async ({ build, query, lastEventId }) => {
      const start = resumePoint(lastEventId) ?? query;
      if (start.attempt !== undefined) await requireLog(options, `${build.id}-${start.attempt}`);
      const run = (stream: StreamReply) => sendEvents(options, build.id, { ...start, stream });
      return { headers: { 'cache-control': 'no-store' }, run };
    }),
    streamRoute(streams.readRawLog, mayView, async ({ build, query }) => {
      const attemptId = `${build.id}-${query.attempt ?? (await newestAttempt(builds, build))}`;
      await requireLog(options, attemptId);
      return { headers: rawLogHeaders, run: (stream) => sendRawLog(options, attemptId, stream) };
    }),
  ];
}

/** Throws `ATTEMPT_UNKNOWN`, as long as that can be said. */
async function requireLog({ builds }: BuildStreamOptions, attemptId: string): Promise<void> {
  await builds.logs.read(attemptId, { from: 0, limit: 1 });
}

const rawLogHeaders = {
  'content-type': 'text/plain; charset=utf-8',
  'content-security-policy': "sandbox; default-src 'none'",
};

async function sendRawLog(
  { builds }: BuildStreamOptions,
  attemptId: string,
  { send, closed }: StreamReply,
): Promise<void> {
  for await (const text of builds.logs.text(attemptId) as AsyncIterable<Uint8Array>) {
    if (closed.aborted) return;
    await send(text);
  }
}

interface Place {
  readonly attempt?: number | undefined;
  readonly from: number;
}

async function sendEvents(
  { builds, closing }: BuildStreamOptions,
  buildId: number,
  { stream, attempt, from }: Place & { readonly stream: StreamReply },
): Promise<void> {
  const signOfLife = setInterval(
    () => void stream.send(': still here\n\n'),
    signOfLifeMilliseconds,
  );
  try {
    const events = followBuild(builds, buildId, {
      ...(attempt === undefined ? {} : { attempt }),
      from,
      signal: AbortSignal.any([stream.closed, closing]),
    });
    for await (const { id, event } of events) {
      const idLine = id === undefined ? '' : `id: ${id}\n`;
      await stream.send(`${idLine}data: ${JSON.stringify(event)}\n\n`);
    }
  } finally {
    clearInterval(signOfLife);
  }
}

/** Where an earlier connection stopped goes before what the address says. */
function resumePoint(lastEventId = ''): Place | undefined {
  const last = /^(\d{1,9}):(\d{1,9})$/.exec(lastEventId);
  return last === null ? undefined : { attempt: Number(last[1]), from: Number(last[2]) + 1 };
}
