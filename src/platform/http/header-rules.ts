import type { IncomingMessage } from 'node:http';

/** A refusal that is settled by the headers alone. */
export interface HeaderRefusal {
  readonly status: 400 | 431;
  readonly message: string;
}

const mostHeaders = 200;

/** What may stand in a request once: of two, somebody in front of us may have read the other. */
const singleNames: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'content-range',
  'content-type',
  'expect',
  'host',
  'range',
  'transfer-encoding',
]);

/** Why no handler shall see these headers; `undefined` where one may. */
export function refuseHeaders({ rawHeaders }: IncomingMessage): HeaderRefusal | undefined {
  if (rawHeaders.length > mostHeaders * 2) {
    return { status: 431, message: `send at most ${mostHeaders} headers` };
  }
  const seen: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!singleNames.has(name)) continue;
    if (seen.includes(name)) return { status: 400, message: `send the header ${name} once` };
    seen.push(name);
  }
  return undefined;
}
