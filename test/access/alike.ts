import type { TargetRepository } from './target-repositories.ts';

/** What differs between any two answers, whatever they say. */
const passing: ReadonlySet<string> = new Set(['date', 'x-request-id']);

/** An answer without what names its target or this one request: equal for all that is not there. */
export async function withoutNames(
  response: Response,
  { name, buildId }: TargetRepository,
): Promise<unknown> {
  const strip = (text: string) =>
    text
      .replaceAll(name, '<name>')
      .replaceAll(`build ${buildId}`, 'build <id>')
      .replaceAll(/"requestId":"[^"]*"/g, '"requestId":"<id>"');
  const headers = [...response.headers]
    .filter(([key]) => !passing.has(key))
    .map(([key, value]) => [key, strip(value)]);
  return { status: response.status, headers, body: strip(await response.text()) };
}
