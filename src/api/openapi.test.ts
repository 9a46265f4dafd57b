import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';
import {
  accountOperations,
  buildConfigurationOperations,
  buildOperations,
  buildStreams,
  type Operation,
  repositoryOperations,
  type StreamOperation,
} from '#protocol';

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security: readonly Record<string, unknown>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly securitySchemes: object };
}

type Declared = Operation | StreamOperation;

const operations: readonly Declared[] = [
  accountOperations,
  repositoryOperations,
  buildConfigurationOperations,
  buildOperations,
  buildStreams,
].flatMap((group): Declared[] => Object.values(group));

let server: TestServer;
let document: Document;
beforeAll(async () => {
  server = await startTestServer();
  document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as Document;
});
afterAll(() => server[Symbol.asyncDispose]());

const describedBy = ({ method, path }: Declared) =>
  document.paths[`/api/v1${path}`]?.[method.toLowerCase()];
const all = () => Object.values(document.paths).flatMap((path) => Object.values(path));

describe('the OpenAPI document', () => {
  test('is of version 3.1.0 and says how to authenticate', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.securitySchemes).toEqual({
      bearer: { type: 'http', scheme: 'bearer' },
    });
  });

  test.each(operations.map((operation) => [operation.id, operation] as const))(
    'has %s as it is declared',
    (id, operation) => {
      const described = describedBy(operation);
      const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

      expect(described).toMatchObject({ operationId: id, summary: operation.summary });
      expect(described?.description).toMatch(/^May be called by \S/);
      expect(Object.keys(described?.responses ?? {})).toContain(
        String('status' in operation ? operation.status : 200),
      );
      expect(
        described?.parameters
          ?.filter((parameter) => parameter.in === 'path')
          .map(({ name }) => name) ?? [],
      ).toEqual(names);
    },
  );

  test('says of streams what they are made of', () => {
    expect(describedBy(buildStreams.follow)?.responses['200']?.content).toHaveProperty([
      'text/event-stream',
    ]);
    expect(describedBy(buildStreams.readRawLog)?.responses['200']?.content).toHaveProperty([
      'text/plain',
    ]);
  });

  test('has nothing else, and nothing that is not public', () => {
    const declared = operations.map(({ id }) => id);

    expect(
      all()
        .map(({ operationId }) => operationId)
        .toSorted(),
    ).toEqual(declared.toSorted());
    expect(JSON.stringify(document)).not.toContain('/api/builder');
  });

  test('names every operation once', () => {
    const ids = all().map(({ operationId }) => operationId);

    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says of every operation whether it takes a log-in, and what a refusal looks like', () => {
    for (const { operationId, security, responses } of all()) {
      expect(security, operationId).toContainEqual({ bearer: [] });
      expect(responses['default']?.content, operationId).toHaveProperty([
        'application/problem+json',
      ]);
    }
  });

  test('lets nobody guess which operations take none', () => {
    const open = all().filter(({ security }) => security.some((way) => !('bearer' in way)));

    expect(open.map(({ operationId }) => operationId).toSorted()).toEqual([
      'listRepositories',
      'listTags',
      'login',
      'showRepository',
    ]);
  });

  test('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];

    for (const [, path = ''] of references) {
      const found = path
        .split('/')
        .reduce<unknown>(
          (part, name) => (part as Record<string, unknown> | undefined)?.[name],
          document,
        );
      expect(found, path).toBeDefined();
    }
  });
});
