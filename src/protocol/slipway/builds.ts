import { z } from 'zod';
import {
  attemptStates,
  buildCauses,
  buildStates,
  deliveryCauses,
  deliveryStates,
  logStreams,
  phaseNames,
  verdictOutcomes,
} from '#kernel';
import { phaseName, tagOutcome } from '../builder-protocol.ts';
import { noFields, nothing, operation, streamOperation } from '../operation.ts';
import { sourceType } from './build-configuration.ts';
import { instant, pageOf, pageQuery, repositoryPath } from './shapes.ts';

const tag = 'Builds';

const buildState = z.enum(buildStates);

export const build = z.object({
  id: z.int(),
  repository: z.string(),
  state: buildState,
  /** A code such as `time_limit` or `test_failed`, where there is more to say than the state. */
  reason: z.string().optional(),
  message: z.string().optional(),
  source: z.object({ type: sourceType, name: z.string(), commit: z.string() }),
  /** The number of the rule that it was built for. */
  rule: z.int(),
  tags: z.array(z.string()),
  /** False: built and tested, never pushed. */
  push: z.boolean(),
  cause: z.enum(buildCauses),
  attempts: z.int(),
  createdAt: instant,
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
});
export type Build = z.infer<typeof build>;

export const attempt = z.object({
  number: z.int(),
  state: z.enum(attemptStates),
  builder: z.string().optional(),
  startedAt: instant,
  endedAt: instant.optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  phases: z.array(
    z.object({
      name: phaseName,
      startedAt: instant,
      endedAt: instant.optional(),
      exitCode: z.int().optional(),
    }),
  ),
  published: z.array(tagOutcome),
});
export type Attempt = z.infer<typeof attempt>;

export const buildReport = build.extend({
  attemptList: z.array(attempt),
  /** For a pending build: its place in the queue and what it waits for. */
  waiting: z.object({ position: z.int(), reason: z.string() }).optional(),
});
export type BuildReport = z.infer<typeof buildReport>;

export const numberedLogLine = z.object({
  number: z.int(),
  at: instant,
  phase: z.enum(phaseNames),
  stream: z.enum(logStreams),
  text: z.string(),
});
export type NumberedLogLine = z.infer<typeof numberedLogLine>;

export const delivery = z.object({
  id: z.int(),
  cause: z.enum(deliveryCauses),
  pushedBy: z.string().optional(),
  receivedAt: instant,
  /** `received`: nobody has looked yet; `recorded`: not all of it is planned yet. */
  state: z.enum(deliveryStates),
  /** The last try to get on with it failed; it is tried again, and the server's log says why. */
  isFailing: z.boolean(),
  changes: z.array(z.object({ type: sourceType, name: z.string(), commit: z.string().optional() })),
  verdicts: z.array(
    z.object({
      refType: sourceType,
      refName: z.string(),
      rule: z.int().optional(),
      outcome: z.enum(verdictOutcomes),
      text: z.string(),
      buildId: z.int().optional(),
    }),
  ),
  /** A push of many refs: only the first of its changes and verdicts are listed. */
  isCut: z.boolean(),
});
export type DeliveryReport = z.infer<typeof delivery>;

const buildPath = z.object({ buildId: z.coerce.number().int() });

/** What `buildStreams.follow` sends. The id of a `line` is where to resume from. */
export const buildEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('build'), build: buildReport }),
  z.object({ type: z.literal('line'), attempt: z.int(), line: numberedLogLine }),
  /** The build has ended and every line was sent. */
  z.object({ type: z.literal('end'), state: buildState }),
]);
export type BuildEvent = z.infer<typeof buildEvent>;

export const buildOperations = {
  list: operation({
    id: 'listBuilds',
    method: 'GET',
    path: '/repositories/{namespace}/{name}/builds',
    summary: 'Lists builds, newest first.',
    tag,
    status: 200,
    params: repositoryPath,
    query: pageQuery,
    body: nothing,
    answer: pageOf(build),
  }),
  start: operation({
    id: 'startBuild',
    method: 'POST',
    path: '/repositories/{namespace}/{name}/builds',
    summary:
      'Builds a ref by every rule that matches it; without a ref, the newest of each literal rule.',
    tag,
    status: 202,
    params: repositoryPath,
    query: noFields,
    body: z.object({ ref: z.object({ type: sourceType, name: z.string().max(255) }).optional() }),
    answer: z.object({ builds: z.array(z.int()), notes: z.array(z.string()) }),
  }),
  show: operation({
    id: 'showBuild',
    method: 'GET',
    path: '/builds/{buildId}',
    summary: 'Shows a build with its attempts, phases and published tags.',
    tag,
    status: 200,
    params: buildPath,
    query: noFields,
    body: nothing,
    answer: buildReport,
  }),
  cancel: operation({
    id: 'cancelBuild',
    method: 'POST',
    path: '/builds/{buildId}/cancel',
    summary: 'Cancels a pending or running build; it can push nothing from that moment on.',
    tag,
    status: 200,
    params: buildPath,
    query: noFields,
    body: nothing,
    answer: build,
  }),
  retry: operation({
    id: 'retryBuild',
    method: 'POST',
    path: '/builds/{buildId}/retry',
    summary: 'Tries an ended build again, with the same commit.',
    tag,
    status: 200,
    params: buildPath,
    query: noFields,
    body: nothing,
    answer: build,
  }),
  log: operation({
    id: 'readBuildLog',
    method: 'GET',
    path: '/builds/{buildId}/log',
    summary: 'Reads log lines of an attempt (the newest by default) from a line number on.',
    tag,
    status: 200,
    params: buildPath,
    query: z.object({
      attempt: z.coerce.number().int().min(1).optional(),
      from: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(5000).default(1000),
    }),
    body: nothing,
    answer: z.object({
      attempt: z.int(),
      lines: z.array(numberedLogLine),
      /** Where the next call goes on. */
      next: z.int(),
      /** No line will come after these. */
      complete: z.boolean(),
    }),
  }),
  deliveries: operation({
    id: 'listDeliveries',
    method: 'GET',
    path: '/repositories/{namespace}/{name}/deliveries',
    summary:
      'Lists what the source told us, and for each push which rules did or did not build, and why.',
    tag,
    status: 200,
    params: repositoryPath,
    query: pageQuery,
    body: nothing,
    answer: pageOf(delivery),
  }),
};

const whichAttempt = z.strictObject({ attempt: z.coerce.number().int().min(1).optional() });

/** What is no single answer: a build's events as they happen, and its log as plain text. */
export const buildStreams = {
  follow: streamOperation({
    id: 'followBuild',
    method: 'GET',
    path: '/builds/{buildId}/events',
    summary: 'Server-sent events of a build, its log lines among them, until it ends.',
    tag,
    params: buildPath,
    query: whichAttempt.extend({ from: z.coerce.number().int().min(0).default(0) }),
    body: nothing,
    mediaType: 'text/event-stream',
  }),
  readRawLog: streamOperation({
    id: 'readRawBuildLog',
    method: 'GET',
    path: '/builds/{buildId}/log/raw',
    summary: 'The log of an attempt (the newest by default) as text.',
    tag,
    params: buildPath,
    query: whichAttempt,
    body: nothing,
    mediaType: 'text/plain',
  }),
};
