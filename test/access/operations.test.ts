import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';
import { withoutNames } from './alike.ts';
import { type CallerName, type Callers, callerNames, createCallers, outsiders } from './callers.ts';
import { type Decision, decisionOf } from './decision.ts';
import { type DescribedOperation, readOperations } from './described-operations.ts';
import { type OperationRow, operationRows } from './operations-table.ts';
import { createTargets, type Target, type TargetRepositories } from './target-repositories.ts';

let server: TestServer;
let callers: Callers;
let targets: Awaited<ReturnType<typeof createTargets>>;
let described: readonly DescribedOperation[];

beforeAll(async () => {
  server = await startTestServer();
  targets = await createTargets(server);
  callers = await createCallers(server);
  described = await readOperations(server.url);
});
afterAll(async () => {
  await callers[Symbol.asyncDispose]();
  await targets[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Attempted {
  readonly id: string;
  readonly caller: CallerName;
  readonly target: Target;
}

function send({ id, caller, target }: Attempted): Promise<Response> {
  const found = described.find((operation) => operation.id === id);
  if (found === undefined) throw new Error(`the server has no operation ${id}`);
  const { query = '', body } = operationRows[id] ?? {};
  const unique = `${caller}-${crypto.randomUUID().slice(0, 8)}`;
  const content = typeof body === 'function' ? body(unique) : body;
  const { bearer } = callers.of[caller];
  return fetch(`${server.url}${pathOf(found.path, targets.of[target])}${query}`, {
    method: found.method,
    headers: {
      ...(bearer !== undefined && { authorization: bearer }),
      ...(content !== undefined && { 'content-type': 'application/json' }),
    },
    ...(content !== undefined && { body: JSON.stringify(content) }),
    signal: AbortSignal.timeout(10_000),
  });
}

function pathOf(path: string, { name, buildId }: TargetRepositories[Target]): string {
  return path
    .replace('{namespace}', 'bob')
    .replace('{name}', name)
    .replace('{buildId}', String(buildId))
    .replace('{rule}', '999999')
    .replace('{id}', '999999');
}

async function decisions(id: string, target: Target): Promise<Record<string, Decision>> {
  const all: Record<string, Decision> = {};
  for (const caller of callerNames)
    all[caller] = await decisionOf(await send({ id, caller, target }));
  if (operationRows[id]?.endsLogIns === true) await callers.logInAgain();
  return all;
}

const rows: readonly (readonly [string, OperationRow])[] = Object.entries(operationRows);
const naming = rows.filter(([, { private: hidden }]) => hidden !== undefined);

describe('A1 A10 the access matrix of the API', () => {
  test('has a row for every operation that the server has', () => {
    expect(Object.keys(operationRows).toSorted()).toEqual(described.map(({ id }) => id).toSorted());
  });

  test.each(naming)('%s of a private repository', async (id, { private: expected }) => {
    expect(await decisions(id, 'private')).toEqual(expected);
  });

  test.each(rows)('%s, of a public repository where it names one', async (id, expected) => {
    expect(await decisions(id, 'public')).toEqual(expected.public);
  });

  test.each(naming)('%s tells outsiders nothing of what is private', async (id) => {
    for (const caller of outsiders) {
      const hidden = await withoutNames(
        await send({ id, caller, target: 'private' }),
        targets.of.private,
      );
      const missing = await withoutNames(
        await send({ id, caller, target: 'missing' }),
        targets.of.missing,
      );
      expect(hidden, caller).toEqual(missing);
    }
  });
});
