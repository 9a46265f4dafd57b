import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Logger } from '#platform/telemetry';
import type { GitHost } from '../create-git-host.ts';
import type { GitRepository } from '../git-repository.ts';
import { chooseDefaultBranch } from '../repositories/default-branch-policy.ts';
import type { GitRef } from '../repositories/read-refs.ts';
import type { FirstPush, GitGranted } from './git-access.ts';
import { type GitExchange, type GitInput, runGitBackend } from './git-backend.ts';
import { gitEdgeErrors } from './git-edge-errors.ts';
import { inGitSlot, type SlotParts } from './in-git-slot.ts';
import { wordsInFront } from './push-answer.ts';
import {
  branchOrTag,
  type PushHead,
  type PushLimits,
  pushedRefs,
  pushRefused,
  readPushHead,
  refsToDelete,
} from './push-commands.ts';

export interface Push {
  readonly repository: GitRepository;
  /** The subject that was granted access. */
  readonly pushedBy: string;
  /** The branches and tags that it deleted; they may be there again by now. */
  readonly deleted: readonly Pick<GitRef, 'type' | 'name'>[];
}

export interface PushParts extends SlotParts {
  readonly host: Pick<GitHost, 'find' | 'folderNameOf' | 'listAbsent'>;
  readonly limits: PushLimits;
  readonly pushed: (push: Push) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Lets git take a push, and tells of it when git has ended, whatever that changed. The first one makes the
 * repository: not before the client says what it wants, so that who only looks makes nothing.
 */
export async function takePush(
  parts: PushParts,
  exchange: GitExchange,
  granted: GitGranted,
): Promise<void> {
  const taken: Taken[] = [];
  try {
    await inGitSlot(parts, exchange, async (signal) => {
      const { rest, encoding } = inputOf(exchange);
      const { head, message } = await readFirst(parts, granted, rest);
      const repository = await parts.host.find(exchange.asked.name);
      if (repository === undefined) return refuseNothing(exchange);
      const folderName = await parts.host.folderNameOf(repository);
      taken.push({ head, repository });
      await runGitBackend(exchange, {
        folderName,
        input: { head: head.bytes, rest, encoding },
        ...(message === undefined ? {} : { inFront: wordsInFront(head.capabilities, message) }),
        signal,
      });
    });
  } finally {
    for (const push of taken) await tell(parts, push, granted.subject);
  }
}

/** What git would read, for us to read its beginning first. */
function inputOf({ request }: GitExchange): GitInput {
  const { 'content-encoding': encoding } = request.headers;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') return { rest: request, encoding };
  const rest = createGunzip();
  request.on('error', (error) => rest.destroy(error));
  request.pipe(rest);
  return { rest, encoding: undefined };
}

/** What the push wants, once what it needs is there. */
async function readFirst({ limits }: PushParts, { firstPush }: GitGranted, rest: Readable) {
  try {
    const head = await readPushHead(rest, limits);
    return { head, message: await makeFirst(firstPush, head) };
  } catch (error) {
    // A client reads no answer before it has sent its pack.
    if (gitEdgeErrors.is(error)) await passOver(rest);
    throw error;
  }
}

async function passOver(rest: Readable): Promise<void> {
  await finished(rest.resume(), { writable: false }).catch(() => undefined);
}

/** What the pusher is told of it. A push that wants nothing asks whether it would be taken. */
async function makeFirst(
  firstPush: FirstPush | undefined,
  head: PushHead,
): Promise<string | undefined> {
  if (firstPush === undefined || head.commands.length === 0) return undefined;
  const branch = chooseDefaultBranch({ refs: pushedRefs(head), headBranch: undefined });
  const { kind, message } = await firstPush.make(branch);
  if (kind === 'denied') throw pushRefused(head, message);
  return message;
}

/** As git answers to a push that wants nothing. */
function refuseNothing({ response }: GitExchange): void {
  response.writeHead(200, { 'Content-Type': 'application/x-git-receive-pack-result' });
}

interface Taken {
  readonly head: PushHead;
  readonly repository: GitRepository;
}

async function tell(
  { host, pushed, logger }: PushParts,
  { head, repository }: Taken,
  pushedBy: string,
): Promise<void> {
  try {
    const absent = await host.listAbsent(repository, refsToDelete(head)).catch(() => []);
    await pushed({ repository, pushedBy, deleted: absent.flatMap(branchOrTag) });
  } catch (error) {
    const { id: repositoryId } = repository;
    logger.error({ error, repositoryId }, 'a push was taken and could not be recorded yet');
  }
}
