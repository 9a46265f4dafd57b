import { z } from 'zod';
import {
  attemptIdForm,
  failureReasons,
  logStreams,
  phaseNames,
  refTypes,
  tagOutcomes,
} from '#kernel';

/**
 * The builder protocol: what a builder and a server say to each other over HTTP, child process or
 * remote machine alike. Its operations are in `builder-operations.ts`.
 *
 * A builder keeps one **connection** open with `ConnectionRequest` and the builder's credential; the answer
 * is an endless stream of `ConnectionEvent`s, one JSON text a line. Closed connections are noticed at once,
 * and those of builders that say nothing any more within half a minute: an attempt whose builder does
 * not come back is lost. Everything about one attempt is sent with the attempt's own token, which
 * loses its power when the attempt ends, is canceled or lost: then every call answers 409
 * `ATTEMPT_ENDED` and the builder throws the sandbox away.
 */

export const phaseName = z.enum(phaseNames);

const mostSlots = 256;
const mostVersions = 64;
export const longestTroubleCharacters = 1_000;

/** Milliseconds since the epoch, of times that a calendar has. The server corrects what can't be. */
const instant = z.int().min(0).max(8_640_000_000_000_000);

/** Of a process on any system. */
const exitCode = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);

export const connectionRequest = z.object({
  /** Stable over restarts of the builder: names it in reports and claims its attempts again. */
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/),
  /** How many attempts it runs at once. 0: it takes none just now, be it drained or in trouble. */
  slots: z.int().min(0).max(mostSlots),
  /** What keeps it from taking more, each with its remedy: for the operator of the server. */
  troubles: z
    .array(z.string().max(longestTroubleCharacters))
    .max(mostSlots + 1)
    .optional(),
  platforms: z.array(z.string().max(64)).min(1).max(32),
  versions: z
    .record(z.string().max(64), z.string().max(256))
    .refine((versions) => Object.keys(versions).length <= mostVersions, {
      error: `more than ${mostVersions} programs`,
    }),
  /** Attempts that it still runs, after a broken connection. */
  running: z.array(z.string().max(40)).max(mostSlots),
});
export type ConnectionRequest = z.infer<typeof connectionRequest>;

export const assignment = z.object({
  /** `<build>-<attempt>`, such as `41-2`. */
  attemptId: z.string().regex(attemptIdForm),
  buildId: z.int(),
  /** 1 for the first try; Retry makes the next. */
  attempt: z.int(),
  /** Credential for this attempt: its reports, the registry and the embedded git host. */
  token: z.string(),
  /** The repository that is built: `namespace/name`. */
  repository: z.string(),
  /** Where clients reach the registry: `http://localhost:5000`. */
  publicUrl: z.string(),
  source: z.object({
    /** Where the gateway finds the source: `/git/ns/repo.git` on the embedded git host. */
    path: z.string(),
    type: z.enum(refTypes),
    /** Branch or tag without `refs/…`. */
    name: z.string(),
    commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  }),
  /** As configured: `/` is the root of the source; empty means the Dockerfile's folder. */
  buildContext: z.string(),
  /** As configured: `/` is `Dockerfile`; relative to the context, else to the root. */
  dockerfile: z.string(),
  /** The tags that the rule gives, templates resolved, at least one. */
  tags: z.array(z.string()).min(1),
  caching: z.boolean(),
  /** False: build and test, push nothing. */
  push: z.boolean(),
  /** The user's build environment variables. Every value is a secret that logs mask. */
  variables: z.record(z.string(), z.string()),
});
export type Assignment = z.infer<typeof assignment>;

export const connectionEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    builderId: z.string(),
    /** What heartbeats name, and nobody can guess: only the builder that has the connection knows it. */
    connectionId: z.string(),
  }),
  z.object({ type: z.literal('assignment'), assignment }),
  /** The attempt has no rights any more: end its sandbox. */
  z.object({ type: z.literal('end'), attemptId: z.string(), reason: z.string() }),
  /** Every few seconds, so that a dead connection is noticed by silence. */
  z.object({ type: z.literal('ping') }),
]);
export type ConnectionEvent = z.infer<typeof connectionEvent>;

/**
 * Sent every few seconds while a connection is open: what the builder holds stays its own as long as it
 * says so itself. 409 `CONNECTION_CLOSED`: open a new connection.
 */
export const heartbeat = z.object({
  connectionId: z.string().max(100),
  /** The attempts whose sandboxes it holds. */
  running: z.array(z.string().regex(attemptIdForm)).max(mostSlots),
});
export type Heartbeat = z.infer<typeof heartbeat>;

export const logLine = z.object({
  at: instant,
  phase: phaseName,
  stream: z.enum(logStreams),
  /** Without its line end; secrets are masked by the builder. */
  text: z.string().max(16_384),
});
export type LogLine = z.infer<typeof logLine>;

/** A builder sends no more lines at once than these, nor more text than this. */
export const logBatchLimits = { lines: 2_000, characters: 500_000 } as const;

/** Lines before `from` are known already; a batch may be sent again after a failure. */
export const logBatch = z.object({
  from: z.int().min(0),
  lines: z.array(logLine).max(logBatchLimits.lines),
});
export type LogBatch = z.infer<typeof logBatch>;

/** A phase begins, or ends with its exit code. */
export const phaseReport = z.discriminatedUnion('event', [
  z.object({ event: z.literal('start'), phase: phaseName, at: instant }),
  z.object({ event: z.literal('end'), phase: phaseName, at: instant, exitCode }),
]);
export type PhaseReport = z.infer<typeof phaseReport>;

/** What became of a tag that an attempt staged. */
export const tagOutcome = z.object({
  tag: z.string(),
  digest: z.string(),
  outcome: z.enum(tagOutcomes),
  /** For a tag that did not move: why, for people. */
  message: z.string().optional(),
});

/** Every tag that the attempt has staged so far. */
export const publishReport = z.object({ tags: z.array(tagOutcome) });
export type PublishReport = z.infer<typeof publishReport>;

/** The attempt's own verdict, sent when its sandbox is gone. */
export const finishReport = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('success') }),
  z.object({
    outcome: z.literal('failed'),
    reason: z.enum(failureReasons),
    phase: phaseName,
    /** One sentence that names what failed and what to do. */
    message: z.string().max(2_000),
    exitCode: exitCode.optional(),
  }),
]);
export type FinishReport = z.infer<typeof finishReport>;
