/** The head of a CGI program's answer (RFC 3875, section 6), and the bytes after it. */
export interface CgiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly rest: Buffer;
}

const longestHeadBytes = 16_384;
const endOfHead = Buffer.from('\r\n\r\n');

/** `undefined` as long as the head is not complete. Throws for one that never ends. */
export function parseCgiAnswer(bytes: Buffer): CgiAnswer | undefined {
  const end = bytes.indexOf(endOfHead);
  if (end < 0) {
    if (bytes.length > longestHeadBytes)
      throw new Error('the answer of git has no end of its head');
    return undefined;
  }
  const { status = '200', ...headers } = parseFields(bytes.toString('latin1', 0, end));
  const rest = bytes.subarray(end + endOfHead.length);
  return { status: Number.parseInt(status, 10), headers, rest };
}

/** By lower-case name. */
function parseFields(head: string): Readonly<Record<string, string>> {
  const fields = head.split('\r\n').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return Object.fromEntries(fields);
}
