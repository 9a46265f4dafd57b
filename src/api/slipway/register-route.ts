import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Authentication, anonymous } from '#identity';
import { remoteAddressOf } from '#platform/http';
import type { Operation } from '#protocol';
import type { Access } from './access.ts';
import type { Call, Route } from './route.ts';

export interface RouteContext {
  authenticate(request: {
    readonly authorization: string | undefined;
    readonly remoteAddress: string;
  }): Promise<Authentication>;
}

/** Puts a declared operation onto the server: checks, access, handler, answer. */
export function registerRoute(server: FastifyInstance, { route, context }: Registration): void {
  const { operation, access } = route;
  const handle = route.handle as (call: unknown) => Promise<unknown>;
  server.route({
    method: operation.method,
    url: `/api/v1${operation.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    schema: schemaOf(operation, access.statement),
    handler: async (request, reply) => {
      const call = await callOf(request, { operation, context });
      const findings = await (access as Access<object, unknown>).check(call);
      const answer = await handle({ ...call, ...findings });
      return reply.status(operation.status).send(answer);
    },
  });
}

interface Registration {
  readonly route: Route;
  readonly context: RouteContext;
}

function schemaOf(operation: Operation, access: string) {
  const isBodyless = operation.body instanceof z.ZodUndefined;
  const isAnswerless = operation.answer instanceof z.ZodUndefined;
  return {
    operationId: operation.id,
    summary: operation.summary,
    description: `May be called by ${access}.`,
    tags: [operation.tag],
    params: operation.params,
    querystring: operation.query,
    ...(isBodyless ? {} : { body: operation.body }),
    ...(isAnswerless ? {} : { response: { [operation.status]: operation.answer } }),
  };
}

async function callOf(
  request: FastifyRequest,
  { operation, context }: { operation: Operation; context: RouteContext },
): Promise<Call<unknown, unknown, unknown>> {
  const remoteAddress = remoteAddressOf(request.raw);
  // Logging in replaces a credential, so one that has ended must not stand in its way.
  const { principal } =
    operation.id === 'login'
      ? { principal: anonymous }
      : await context.authenticate({ authorization: request.headers.authorization, remoteAddress });
  return {
    principal,
    remoteAddress,
    params: request.params,
    query: request.query,
    body: request.body,
  };
}
