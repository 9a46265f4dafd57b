import type { BuildNews, Builds } from '#builds';
import { buildStreams as streams } from '#protocol';
import type { Route } from '../kit/route.ts';
import type { StreamReply } from '../kit/stream-reply.ts';
import { askedByRoom } from './asked-by-room.ts';
import { newsAnswer } from './build-answers.ts';
import { streamRoute } from './route.ts';

export interface BuildStreamOptions {
  readonly builds: Builds;
  /** Ends all streams: the server stops. */
  readonly closing: AbortSignal;
}

const signOfLifeMilliseconds = 15_000;

/** What is no single answer: a build's events as they happen, and its log as plain text. */
export function buildStreamRoutes({ builds, closing }: BuildStreamOptions): readonly Route[] {
  const mayView = askedByRoom('viewBuildLogs');
  return [
    streamRoute(streams.follow, mayView, async (call) => {
      const { principal, renew, params, query, lastEventId } = call;
      const left = new AbortController();
      const signal = AbortSignal.any([left.signal, closing]);
      const place = resumePoint(lastEventId) ?? query;
      const news = await builds.follow(principal, params.buildId, { ...place, signal, renew });
      const run = (reply: StreamReply) => sendNews(news, reply, left);
      return { headers: { 'cache-control': 'no-store' }, run };
    }),
    streamRoute(streams.readRawLog, mayView, async ({ principal, renew, params, query }) => {
      const texts = await builds.logs.text(principal, params.buildId, { ...query, renew });
      return { headers: rawLogHeaders, run: (reply) => sendTexts(texts, reply) };
    }),
  ];
}

const rawLogHeaders = {
  'content-type': 'text/plain; charset=utf-8',
  'content-security-policy': "sandbox; default-src 'none'",
};

async function sendTexts(
  texts: AsyncIterable<string>,
  { send, closed }: StreamReply,
): Promise<void> {
  for await (const text of texts) {
    if (closed.aborted) return;
    await send(text);
  }
}

/** Tells by `left` that the client has gone, so that nobody waits on for what is new. */
async function sendNews(
  news: AsyncIterable<BuildNews>,
  { send, closed }: StreamReply,
  left: AbortController,
): Promise<void> {
  closed.addEventListener('abort', () => left.abort(), { once: true });
  const signOfLife = setInterval(() => void send(': still here\n\n'), signOfLifeMilliseconds);
  try {
    for await (const each of news) await send(eventText(each));
  } finally {
    clearInterval(signOfLife);
  }
}

/** An event as text; a line's brings the place to resume from. */
function eventText(news: BuildNews): string {
  const idLine = news.type === 'line' ? `id: ${news.attempt}:${news.line.number}\n` : '';
  return `${idLine}data: ${JSON.stringify(newsAnswer(news))}\n\n`;
}

/** Where an earlier connection stopped goes before what the address says. */
function resumePoint(
  lastEventId = '',
): { readonly attempt: number; readonly from: number } | undefined {
  const last = /^(\d{1,9}):(\d{1,9})$/.exec(lastEventId);
  return last === null ? undefined : { attempt: Number(last[1]), from: Number(last[2]) + 1 };
}
