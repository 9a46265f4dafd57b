import { type Clock, pauseAfter } from '#kernel';
import { type BuildEvent, buildEvent, buildStreams } from '#protocol';
import { clientErrors } from './client-errors.ts';
import { readEventStream } from './event-stream.ts';
import { operationUrl } from './operation-url.ts';
import { parseAnswer, readRefusal, readText } from './read-answer.ts';
import { sendRequest } from './send-request.ts';

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Which attempt's lines to begin with; the newest by default. */
  readonly attempt?: number;
  /** The first line that is wanted; 0 by default. */
  readonly from?: number;
}

/** What `followBuild` needs to know of the client it belongs to. */
export interface FollowSource {
  readonly server: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** Servers send a sign of life more often than this. */
const silenceMilliseconds = 45_000;
const patienceMilliseconds = 60_000;
const pauses = { firstMilliseconds: 500, longestMilliseconds: 5_000 };

/**
 * The events of a build until it has ended. A connection that breaks is opened again where it
 * stopped, for up to a minute without any event; then `SERVER_UNREACHABLE`. The first connection
 * gets no second try, so that a wrong address is told at once. Throws `ApiError` when the server
 * refuses, and the signal's reason when it aborts.
 */
export async function* followBuild(
  source: FollowSource,
  buildId: number,
  options: FollowOptions = {},
): AsyncGenerator<BuildEvent, void> {
  let resumeFrom: string | undefined;
  let lastEventAt: number | undefined;
  for (let failures = 0; ; ) {
    try {
      for await (const { id, event } of openStream(source, buildId, { ...options, resumeFrom })) {
        resumeFrom = id ?? resumeFrom;
        lastEventAt = source.clock.now();
        failures = 0;
        yield event;
        if (event.type === 'end') return;
      }
    } catch (error) {
      if (!mayTryAgain(error, lastEventAt, source.clock)) throw error;
    }
    failures += 1;
    await source.clock.sleep(pauseAfter(failures, pauses), options.signal);
  }
}

function mayTryAgain(error: unknown, lastEventAt: number | undefined, clock: Clock): boolean {
  if (!clientErrors.is(error) || error.code !== 'SERVER_UNREACHABLE') return false;
  return lastEventAt !== undefined && clock.now() - lastEventAt < patienceMilliseconds;
}

interface StreamOptions extends FollowOptions {
  readonly resumeFrom: string | undefined;
}

interface ResumableEvent {
  readonly id: string | undefined;
  readonly event: BuildEvent;
}

async function* openStream(
  source: FollowSource,
  buildId: number,
  { signal, attempt, from, resumeFrom }: StreamOptions,
): AsyncGenerator<ResumableEvent, void> {
  const url = operationUrl(source.server, buildStreams.follow, {
    params: { buildId },
    query: { attempt, from },
  });
  const headers = { ...source.headers, accept: 'text/event-stream', ...resumeHeader(resumeFrom) };
  const answer = await sendRequest(url, { method: 'GET', headers, signal, silenceMilliseconds });
  if (!answer.isSuccess) throw readRefusal(answer.status, await readText(answer), url);
  for await (const { id, data } of readEventStream(answer.chunks)) {
    yield { id, event: parseAnswer(buildEvent, data, misunderstandingOf(url)) };
  }
}

function resumeHeader(resumeFrom: string | undefined): Record<string, string> {
  return resumeFrom === undefined ? {} : { 'last-event-id': resumeFrom };
}

function misunderstandingOf({ origin }: URL) {
  return {
    message: `${origin} sent an event that this version does not understand; is the server a newer version?`,
  };
}
