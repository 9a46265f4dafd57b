import type { Readable } from 'node:stream';
import type { GitRef } from '../repositories/read-refs.ts';
import { gitEdgeErrors } from './git-edge-errors.ts';
import { endOfPackets, packetsOf } from './packets.ts';

/** What a push wants of one ref. */
export interface PushCommand {
  /** `refs/heads/main`, as the client wrote it. */
  readonly ref: string;
  /** Absent: the ref is to be deleted. */
  readonly to: string | undefined;
}

/** How a push begins: what it wants, before the pack that brings it. */
export interface PushHead {
  readonly commands: readonly PushCommand[];
  /** What the client can do, such as `side-band-64k`. */
  readonly capabilities: readonly string[];
  /** All that was read, for git to read it again. */
  readonly bytes: Buffer;
}

export interface PushLimits {
  /** How many refs one push may name. */
  readonly refs: number;
}

/** The ids and names of refs may have so many bytes on average. */
const bytesPerRef = 160;
/** A chunk brings more than the commands: the pack begins in it. */
const smallestBytes = 1024 * 1024;
const commandPattern = /^(?<from>[0-9a-f]{40,64}) (?<to>[0-9a-f]{40,64}) (?<ref>[^\0\n]+)/;

/**
 * Reads the commands of a push (git's "pack-protocol", "Reference Update Request") off a body whose rest
 * stays to be read. Throws `GIT_PUSH_INVALID` for what is none, and `GIT_PUSH_REFUSED` for too many.
 */
export async function readPushHead(body: Readable, limits: PushLimits): Promise<PushHead> {
  const chunks: Buffer[] = [];
  let size = 0;
  let unread: Buffer = Buffer.alloc(0);
  const commands: PushCommand[] = [];
  let capabilities: readonly string[] = [];
  const parts: AsyncIterable<Buffer> = body.iterator({ destroyOnReturn: false });
  for await (const chunk of parts) {
    chunks.push(chunk);
    size += chunk.length;
    const { packets, rest } = packetsOf(Buffer.concat([unread, chunk]));
    unread = rest;
    for (const packet of packets) {
      if (packet === endOfPackets) break;
      const line = packet.toString();
      if (commands.length === 0) capabilities = capabilitiesIn(line);
      commands.push(...commandsIn(line));
    }
    if (commands.length > limits.refs || size > limits.refs * bytesPerRef + smallestBytes) {
      throw pushRefused({ commands, capabilities }, tooManyRefs(limits));
    }
    if (packets.at(-1) === endOfPackets) {
      return { commands, capabilities, bytes: Buffer.concat(chunks) };
    }
  }
  throw gitEdgeErrors.fail('GIT_PUSH_INVALID', 'the push ended before it said what it wants');
}

function capabilitiesIn(line: string): readonly string[] {
  return line.split('\0')[1]?.trim().split(' ') ?? [];
}

/** None for what else may stand there: what a shallow clone lacks. */
function commandsIn(line: string): readonly PushCommand[] {
  const { to = '', ref } = commandPattern.exec(line)?.groups ?? {};
  return ref === undefined ? [] : [{ ref, to: /^0+$/.test(to) ? undefined : to }];
}

function tooManyRefs({ refs }: PushLimits): string {
  return `this push names more than ${refs} branches, tags and other refs; push them in parts`;
}

/** So that the client shows why: it shows no body of any other answer to a push. */
export function pushRefused(
  { commands, capabilities }: Pick<PushHead, 'commands' | 'capabilities'>,
  message: string,
): Error {
  const refs = commands.map(({ ref }) => ref);
  return gitEdgeErrors.fail('GIT_PUSH_REFUSED', message, { detail: { capabilities, refs } });
}

/** The branches and tags that a push makes or moves. */
export function pushedRefs({ commands }: PushHead): readonly GitRef[] {
  return commands.flatMap(({ ref, to }) =>
    to === undefined ? [] : branchOrTag(ref).map((found) => ({ ...found, commit: to })),
  );
}

/** By their whole names. */
export function refsToDelete({ commands }: PushHead): readonly string[] {
  return commands.filter(({ to }) => to === undefined).map(({ ref }) => ref);
}

/** None for refs of other kinds. */
export function branchOrTag(ref: string): readonly Pick<GitRef, 'type' | 'name'>[] {
  const { group, name } = /^refs\/(?<group>heads|tags)\/(?<name>.+)$/.exec(ref)?.groups ?? {};
  return name === undefined ? [] : [{ type: group === 'heads' ? 'branch' : 'tag', name }];
}
