import { apiPrefixes } from '#protocol';
import { clientErrors } from './client-errors.ts';

/** Path parameters, as an operation's declaration names them. */
export type PathValues = Readonly<Record<string, unknown>>;

/** Throws `SERVER_ADDRESS_INVALID` unless the text is an http or https origin. */
export function parseServerUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return new URL('/', url);
  throw clientErrors.fail(
    'SERVER_ADDRESS_INVALID',
    `"${text.slice(0, 200)}" is no server address: write it as http://localhost:5000 or https://hub.example.com`,
  );
}

interface AddressParts {
  /** Whose operation it is. */
  readonly api?: keyof typeof apiPrefixes;
  readonly params?: PathValues;
  readonly query?: PathValues;
}

/** The address of an operation. A `/` inside a path value becomes `%2F`: `team/app` is one segment. */
export function operationUrl(
  server: URL,
  { path }: { readonly path: string },
  { api = 'slipway', params, query }: AddressParts = {},
): URL {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(asText(params?.[name])),
  );
  const url = new URL(`${apiPrefixes[api]}${filled}`, server);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, asText(value));
  }
  return url;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
