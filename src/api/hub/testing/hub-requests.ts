export interface HubRequest {
  readonly method?: string;
  readonly authorization?: string | undefined;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

export interface HubAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

// oxlint-disable-next-line typescript/no-explicit-any -- what a test looks at, field by field
type Anything = any;

/** Sends what a client of Docker Hub would, and gives what came as it came. */
export async function askHub<Body = Anything>(
  url: string,
  { method, authorization, json, form }: HubRequest = {},
): Promise<HubAnswer<Body>> {
  const body = form === undefined ? jsonText(json) : new URLSearchParams(form);
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  const parsed = (text === '' ? undefined : JSON.parse(text)) as Body;
  return { status: answer.status, headers: answer.headers, body: parsed };
}

function jsonText(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
