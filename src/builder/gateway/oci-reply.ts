import type { ServerResponse } from 'node:http';

import { headerNames, registryApiVersion } from '#kernel';

/** Why the gateway itself says no, as registries say it (OCI distribution spec, "Error codes"). */
export interface Refusal {
  readonly status: 400 | 404 | 405 | 421 | 502 | 503;
  readonly code:
    | 'NAME_INVALID'
    | 'NAME_UNKNOWN'
    | 'MANIFEST_UNKNOWN'
    | 'TOOMANYREQUESTS'
    | 'UNSUPPORTED';
  readonly message: string;
}

export function replyRefusal(response: ServerResponse, { status, code, message }: Refusal): void {
  replyJson(response, status, { errors: [{ code, message }] });
}

export function replyJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    [headerNames.apiVersion]: registryApiVersion,
  });
  response.end(text);
}
