import { z } from 'zod';

/** Shapes that several resources share. Instants travel as RFC 3339 text. */
export const instant = z.iso.datetime();

export const repositoryPath = z.object({ namespace: z.string(), name: z.string() });

/** Keyset pages: hand `next` back as `after` to go on; absent on the last page. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(30),
  after: z.string().optional(),
});
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().optional() });
}

/** Every error of the API (RFC 9457), with a code to switch on and the id that the log knows. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string(),
  /** What the error is about, such as the name of the field that is wrong. */
  facts: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof problem>;
