import { endPacket, packet } from './packets.ts';

type Capabilities = readonly string[];

/** Words for a person, in front of what git answers; nothing for a client that would not show them. */
export function wordsInFront(capabilities: Capabilities, text: string): Buffer {
  return hasSideBand(capabilities) ? packet(`\x02${text}\n`) : Buffer.alloc(0);
}

/**
 * The whole answer to a push that is refused before git saw it: a client shows no other one ("pack-protocol",
 * "Report Status"). Each ref is refused by name, as far as they are known.
 */
export function refusalOfPush(
  capabilities: Capabilities,
  refs: readonly string[],
  text: string,
): Buffer {
  const lines = refs.map((ref) => packet(`ng ${ref} refused\n`));
  const report = Buffer.concat([packet(`unpack ${text}\n`), ...lines, endPacket]);
  if (!hasSideBand(capabilities)) return report;
  const parts = inParts(report, 60_000).map((part) => packet(Buffer.concat([bandOfReport, part])));
  return Buffer.concat([...parts, endPacket]);
}

const bandOfReport = Buffer.from([1]);

function hasSideBand(capabilities: Capabilities): boolean {
  return capabilities.includes('side-band-64k');
}

function inParts(bytes: Buffer, size: number): readonly Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
