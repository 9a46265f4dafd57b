import { z } from 'zod';
import { inStyle } from './in-style.ts';
import type { Route } from './route.ts';
import type { Style } from './style.ts';

export interface Description {
  readonly title: string;
  readonly version: string;
  readonly style: Style;
  readonly routes: readonly Route[];
  /** What every refusal looks like. */
  readonly errorSchema: z.ZodType;
}

/** The OpenAPI 3.1 document of an API, made from what its operations declare. */
export function describeApi({ title, version, ...api }: Description): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of inStyle(api.style, api.routes)) {
    const { path, method } = route.operation;
    const methods = (paths[`${api.style.prefix}${path}`] ??= {});
    methods[method.toLowerCase()] = describeRoute(route, errorResponse(api));
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
}

function describeRoute(route: Route, refusal: object): object {
  const { operation, admission } = route;
  const loggedIn = { bearer: [] };
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    description: `May be called by ${admission.statement}.`,
    security: admission.isOpen === true ? [{}, loggedIn] : [loggedIn],
    parameters: [
      ...describeParameters('path', operation.params),
      ...describeParameters('query', operation.query),
    ],
    ...describeBody(operation.body),
    responses: { ...describeAnswer(route), default: refusal },
  };
}

function describeParameters(place: 'path' | 'query', fields: z.ZodType): readonly object[] {
  const { properties = {}, required = [] } = jsonSchema(fields, 'input');
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }));
}

function describeBody(body: z.ZodType): object {
  if (body instanceof z.ZodUndefined) return {};
  const content = { 'application/json': { schema: jsonSchema(body, 'input') } };
  return { requestBody: { required: true, content } };
}

function describeAnswer({ operation }: Route): Readonly<Record<number, object>> {
  if ('mediaType' in operation) {
    const content = { [operation.mediaType]: { schema: { type: 'string' } } };
    return { 200: { description: 'As it comes.', content } };
  }
  const { status, answer } = operation;
  if (answer instanceof z.ZodUndefined) return { [status]: { description: 'It is done.' } };
  const content = { 'application/json': { schema: jsonSchema(answer, 'output') } };
  return { [status]: { description: 'It is done.', content } };
}

function errorResponse({ style, errorSchema }: Pick<Description, 'style' | 'errorSchema'>): object {
  return {
    description: 'What went wrong, and what to do about it.',
    content: { [style.errorType]: { schema: jsonSchema(errorSchema, 'output') } },
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return described;
}
