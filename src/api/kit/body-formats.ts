/** What the body of a request may be, by media type. Parsers throw on what they don't understand. */
export const bodyFormats = {
  json: {
    mediaType: 'application/json',
    name: 'JSON',
    parse: (text: string): unknown => JSON.parse(text),
  },
  form: {
    mediaType: 'application/x-www-form-urlencoded',
    name: 'a form',
    parse: (text: string): unknown => fieldsOf(new URLSearchParams(text)),
  },
} as const;

export type BodyFormat = keyof typeof bodyFormats;

/** The fields of a query or form; one that comes several times is a list. */
export function fieldsOf(parameters: URLSearchParams): Readonly<Record<string, unknown>> {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of parameters) {
    const before = fields[name];
    if (Array.isArray(before)) before.push(value);
    else fields[name] = before === undefined ? value : [before, value];
  }
  return fields;
}
