import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';
import { withoutNames } from './alike.ts';
import { type CallerName, type Callers, callerNames, createCallers, outsiders } from './callers.ts';
import { type Decision, decisionOf } from './decision.ts';
import { row } from './table.ts';
import { createTargets, type Target } from './target-repositories.ts';

let server: TestServer;
let callers: Callers;
let targets: Awaited<ReturnType<typeof createTargets>>;

beforeAll(async () => {
  server = await startTestServer();
  targets = await createTargets(server);
  callers = await createCallers(server);
});
afterAll(async () => {
  await callers[Symbol.asyncDispose]();
  await targets[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Sample {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

function send({ method, path, body }: Sample, authorization: string | undefined) {
  return fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function decide(ask: (caller: CallerName) => Promise<Response>) {
  const all: Record<string, Decision> = {};
  for (const caller of callerNames) all[caller] = await decisionOf(await ask(caller));
  return all;
}

describe('A1 A10 the access matrix of the git host', () => {
  const advertisement = (service: string) => (repository: string) =>
    ({ method: 'GET', path: `/git/bob/${repository}.git/info/refs?service=${service}` }) as const;
  const exchange = (service: string) => (repository: string) =>
    ({ method: 'POST', path: `/git/bob/${repository}.git/${service}` }) as const;
  // Sources are private, be their images public or not.
  const reading = row('login login none none in   in   in');
  const writing = row('login login none none no   in   in');
  const samples = [
    ['asking to fetch', advertisement('git-upload-pack'), reading],
    ['fetching', exchange('git-upload-pack'), reading],
    ['asking to push', advertisement('git-receive-pack'), writing],
    ['pushing', exchange('git-receive-pack'), writing],
  ] as const;
  const ask = (sample: (typeof samples)[number][1], target: Target) => (caller: CallerName) =>
    send(sample(targets.of[target].name), callers.of[caller].basic);

  test.each(samples)('%s', async (_what, sample, expected) => {
    expect(await decide(ask(sample, 'public'))).toEqual(expected);
    expect(await decide(ask(sample, 'private'))).toEqual(expected);
  });

  test.each(samples)('%s tells outsiders nothing of what there is', async (_what, sample) => {
    for (const caller of outsiders) {
      const hidden = await ask(sample, 'private')(caller);
      const missing = await ask(sample, 'missing')(caller);
      expect(await withoutNames(hidden, targets.of.private), caller).toEqual(
        await withoutNames(missing, targets.of.missing),
      );
    }
  });
});

describe('A1 A10 the access matrix of the token service', () => {
  const refused = 'refused';
  //                  anonymous wrong attempt other reader owner administrator
  const expected: Readonly<Record<Target, string>> = {
    public: 'pull refused refused pull pull pull,push,delete pull,push,delete',
    private: '- refused refused - pull pull,push,delete pull,push,delete',
    missing: '- refused refused - pull pull,push,delete pull,push,delete',
  };

  const tokenQuery = (target: Target) =>
    new URLSearchParams({
      service: new URL(server.url).host,
      scope: `repository:bob/${targets.of[target].name}:pull,push,delete`,
    });
  const granted = async (caller: CallerName, target: Target) => {
    const path = `/token?${tokenQuery(target).toString()}`;
    const answer = await send({ method: 'GET', path }, callers.of[caller].basic);
    if (!answer.ok) return refused;
    const { token } = (await answer.json()) as { token: string };
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    const { access } = JSON.parse(payload) as { access: { actions: string[] }[] };
    return access.flatMap(({ actions }) => actions).join(',') || '-';
  };

  test.each(['public', 'private', 'missing'] as const)('for a %s repository', async (target) => {
    const all: string[] = [];
    for (const caller of callerNames) all.push(await granted(caller, target));

    expect(all).toEqual(expected[target].split(' '));
  });
});

describe('A1 A5 the access matrix of the builder protocol', () => {
  const reports: readonly (readonly [string, object])[] = [
    ['log', { from: 0, lines: [] }],
    ['phases', { event: 'start', phase: 'build', at: 1 }],
    ['publish', {}],
    ['finish', { outcome: 'success' }],
    ['settled', {}],
  ];
  const nobody = row('login login login login login login login');

  test('a connection is nobody’s but the builder’s', async () => {
    const body = { name: 'x', slots: 0, platforms: ['linux/amd64'], versions: {}, running: [] };
    const sample = { method: 'POST', path: '/api/builder/v1/connection', body } as const;

    expect(await decide((caller) => send(sample, callers.of[caller].bearer))).toEqual(nobody);
    const builder = await send(sample, `Bearer ${server.builderToken}`);
    expect(await decisionOf(builder)).toBe('in');
  });

  test.each(reports)('%s of an attempt is nobody’s but the attempt’s', async (name, body) => {
    const attemptId = `${targets.of.private.buildId}-1`;
    const path = `/api/builder/v1/attempts/${attemptId}/${name}`;
    const sample = { method: 'POST', path, body } as const;

    expect(await decide((caller) => send(sample, callers.of[caller].bearer))).toEqual(nobody);
    expect(await decisionOf(await send(sample, `Bearer ${server.builderToken}`))).toBe('login');
  });

  test.each(reports)('%s tells nobody which attempts there are', async (name, body) => {
    const ask = ({ buildId }: { readonly buildId: number }, caller: CallerName) => {
      const path = `/api/builder/v1/attempts/${buildId}-1/${name}`;
      return send({ method: 'POST', path, body }, callers.of[caller].bearer);
    };
    for (const caller of callerNames) {
      const { private: there, missing } = targets.of;
      expect(await withoutNames(await ask(there, caller), there), caller).toEqual(
        await withoutNames(await ask(missing, caller), missing),
      );
    }
  });
});

test.each(['/healthz', '/readyz', '/api/openapi.json'])('%s is open to everybody', async (path) => {
  expect(
    await decide((caller) => send({ method: 'GET', path }, callers.of[caller].bearer)),
  ).toEqual(row('in in in in in in in'));
});
