import { z } from 'zod';
import type { Route } from './route.ts';
import type { Style } from './style.ts';

/** The routes with schemas that refuse what no operation knows, or ignore it, as the style says. */
export function inStyle({ unknownFields }: Style, routes: readonly Route[]): readonly Route[] {
  if (unknownFields === 'ignored') return routes;
  return routes.map((route) => {
    const { query, body } = route.operation;
    const operation = { ...route.operation, query: strict(query), body: strict(body) };
    return { ...route, operation } as Route;
  });
}

function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? schema.strict() : schema;
}
