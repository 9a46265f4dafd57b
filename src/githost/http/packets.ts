import { gitEdgeErrors } from './git-edge-errors.ts';

/** Stands for `0000`, the packet that ends a list. */
export const endOfPackets = Symbol('the end of packets');

export interface Packets {
  readonly packets: readonly (Buffer | typeof endOfPackets)[];
  /** What is no whole packet yet, or comes after the end of the list. */
  readonly rest: Buffer;
}

const lengthBytes = 4;

/** Splits git's packets ("protocol-common", "pkt-line Format"). Throws `GIT_PUSH_INVALID`. */
export function packetsOf(bytes: Buffer): Packets {
  const packets: (Buffer | typeof endOfPackets)[] = [];
  let at = 0;
  while (bytes.length - at >= lengthBytes) {
    const length = lengthAt(bytes, at);
    if (length === 0) {
      packets.push(endOfPackets);
      return { packets, rest: bytes.subarray(at + lengthBytes) };
    }
    if (bytes.length - at < length) break;
    packets.push(bytes.subarray(at + lengthBytes, at + length));
    at += length;
  }
  return { packets, rest: bytes.subarray(at) };
}

function lengthAt(bytes: Buffer, at: number): number {
  const text = bytes.toString('latin1', at, at + lengthBytes);
  const length = /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : 1;
  if (length === 0 || length >= lengthBytes) return length;
  throw gitEdgeErrors.fail('GIT_PUSH_INVALID', 'the push is none of the smart HTTP protocol');
}

export function packet(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = (bytes.length + lengthBytes).toString(16).padStart(lengthBytes, '0');
  return Buffer.concat([Buffer.from(length), bytes]);
}

export const endPacket = Buffer.from('0000');
