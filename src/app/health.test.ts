import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createHealthHandler, type ReadinessReport } from './health.ts';

async function ask(url: string, report: ReadinessReport) {
  const stream = new PassThrough();
  let status = 0;
  const response = Object.assign(stream, { writeHead: (code: number) => (status = code) });
  const handler = createHealthHandler(async () => report);
  await handler({ url } as IncomingMessage, response as unknown as ServerResponse);
  return { status, body: JSON.parse(await text(stream)) as unknown };
}

const reason = 'Docker Engine does not answer; start it';

test('/readyz tells of a builder in trouble, and turns nobody away for it', async () => {
  const components = { builder: { status: 'degraded', reason } } as const;

  expect(await ask('/readyz', { components })).toEqual({
    status: 200,
    body: { status: 'degraded', components },
  });
});

test('/readyz of a server that lacks what it needs is 503', async () => {
  const report = { missing: 'the database does not answer', components: {} };

  expect(await ask('/readyz', report)).toMatchObject({
    status: 503,
    body: { status: 'unavailable', missing: 'the database does not answer' },
  });
});

test('/healthz says that the process answers, whatever it lacks', async () => {
  expect(await ask('/healthz', { missing: 'everything', components: {} })).toEqual({
    status: 200,
    body: { status: 'ok' },
  });
});
