import { z } from 'zod';

const largestPage = 100;

/**
 * Numbered pages, as Docker Hub has them. A larger `page_size` is no error but becomes the largest
 * one: clients send 1000 and more.
 */
export const numberedPageQuery = z.object({
  page: z.coerce.number().int().min(1).default(1),
  page_size: z.coerce
    .number()
    .int()
    .min(1)
    .default(10)
    .transform((size) => Math.min(size, largestPage)),
});

/** `next` and `previous` are whole addresses, or null at the ends. */
export function numberedPageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    count: z.int(),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    results: z.array(item),
  });
}

/** RFC 3339 in UTC with a fraction, or null where Hub has no such time. */
export const hubTime = z.iso.datetime().nullable();

/** JSON has `true`; a form has the word, as a person or a program of Python writes it. */
export const hubFlag = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(?:true|false)$/i, 'write true or false')
    .transform((word) => word.toLowerCase() === 'true'),
]);

export const hubRepositoryPath = z.object({ namespace: z.string(), name: z.string() });
