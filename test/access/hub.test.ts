import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushImage, startTestServer, type TestServer } from '#app/testing';
import {
  atOldAddress,
  hubAccountOperations,
  hubLogInOperations,
  hubRepositoryOperations,
  hubTagOperations,
  type Operation,
} from '#protocol';
import { withoutNames } from './alike.ts';
import { type CallerName, type Callers, callerNames, createCallers, outsiders } from './callers.ts';
import { type Decision, decisionOf } from './decision.ts';
import { hubRows } from './hub-table.ts';
import { createTargets, type Target } from './target-repositories.ts';

const operations: readonly Operation[] = [
  hubAccountOperations,
  hubLogInOperations,
  hubRepositoryOperations,
  hubTagOperations,
].flatMap((group): readonly Operation[] => Object.values(group));
/** Making one has a new address only. */
const isTwice = ({ id, path }: Operation) =>
  path.startsWith('/namespaces/') && id !== 'hubCreateRepository';
const addressed = operations.flatMap((operation) =>
  isTwice(operation) ? [operation, atOldAddress(operation)] : [operation],
);
const rows = addressed.map((operation) => {
  const row = hubRows[operation.id.replace('AtOldAddress', '')];
  if (row === undefined) throw new Error(`${operation.id} has no row`);
  return [operation.id, operation, row] as const;
});
const naming = rows.filter(([, , { private: hidden }]) => hidden !== undefined);

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

interface Attempted {
  readonly operation: Operation;
  readonly caller: CallerName;
  readonly target: Target;
}

async function send({ operation, caller, target }: Attempted): Promise<Response> {
  const { body } = hubRows[operation.id.replace('AtOldAddress', '')] ?? {};
  const unique = `${target}-${crypto.randomUUID().slice(0, 8)}`;
  const content = typeof body === 'function' ? body(unique) : body;
  const authorization = authorizationOf(caller);
  const name = operation.method === 'DELETE' ? await toGo(target) : targets.of[target].name;
  const path = operation.path
    .replace('{namespace}', 'bob')
    .replace('{name}', name)
    .replace('{tag}', 'latest');
  return fetch(`${server.url}/v2${path}`, {
    method: operation.method,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(content !== undefined && { 'content-type': 'application/json' }),
    },
    ...(content !== undefined && { body: JSON.stringify(content) }),
  });
}

/** An access token goes with the name of its owner here, or is exchanged. */
function authorizationOf(caller: CallerName): string | undefined {
  const { bearer, basic } = callers.of[caller];
  return caller === 'reader' ? basic : bearer;
}

/** A repository that may be deleted, with a name like the target's. */
async function toGo(target: Target): Promise<string> {
  const name = `${targets.of[target].name}-to-go`;
  if (target === 'missing') return name;
  await fetch(`${server.url}/v2/namespaces/bob/repositories`, {
    method: 'POST',
    headers: { authorization: server.bob.basic, 'content-type': 'application/json' },
    body: JSON.stringify({ name, is_private: target === 'private' }),
  });
  await pushImage(server, server.bob, `bob/${name}:latest`);
  return name;
}

async function decisions(operation: Operation, target: Target) {
  const all: Record<string, Decision> = {};
  for (const caller of callerNames) {
    all[caller] = await decisionOf(await send({ operation, caller, target }));
  }
  return all;
}

describe('A1 A10 the access matrix of Docker Hub’s API', () => {
  test('has rows of operations that there are', () => {
    expect(Object.keys(hubRows).toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
  });

  test.each(naming)('%s of a private repository', async (_id, operation, { private: expected }) => {
    expect(await decisions(operation, 'private')).toEqual(expected);
  });

  test.each(rows)('%s, of a public one where it names one', async (_id, operation, expected) => {
    expect(await decisions(operation, 'public')).toEqual(expected.public);
  });

  test.each(naming)('%s tells outsiders nothing of what is private', async (_id, operation) => {
    for (const caller of outsiders) {
      const alike = [];
      for (const target of ['private', 'missing'] as const) {
        const answer = await send({ operation, caller, target });
        alike.push(await withoutNames(answer, targets.of[target]));
      }
      expect(alike[0], caller).toEqual(alike[1]);
    }
  });
});
