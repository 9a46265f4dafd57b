import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';
import { withoutNames } from './alike.ts';
import { type CallerName, type Callers, callerNames, createCallers, outsiders } from './callers.ts';
import { type Decision, decisionOf } from './decision.ts';
import {
  checkRow,
  direct,
  type RegistryRow,
  registryRows,
  throughTokenService,
} from './registry-table.ts';
import { createTargets, type Target } from './target-repositories.ts';

let server: TestServer;
let callers: Callers;
let targets: Awaited<ReturnType<typeof createTargets>>;
/** Of the configuration of each target's image. */
const configs = new Map<string, string>();

beforeAll(async () => {
  server = await startTestServer({ environment: { SLIPWAY_TRUSTED_PROXIES: '127.0.0.1' } });
  targets = await createTargets(server);
  callers = await createCallers(server);
  for (const target of ['public', 'private'] as const) {
    configs.set(target, await readConfigDigest(targets.of[target].name));
  }
});
afterAll(async () => {
  await callers[Symbol.asyncDispose]();
  await targets[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function readConfigDigest(name: string): Promise<string> {
  const answer = await fetch(`${server.url}/v2/bob/${name}/manifests/latest`, {
    headers: { authorization: server.bob.basic },
  });
  return ((await answer.json()) as { config: { digest: string } }).config.digest;
}

type Way = 'direct' | 'throughTokenService';
const tables = { direct, throughTokenService };

interface Attempted {
  readonly row: RegistryRow;
  readonly caller: CallerName;
  readonly target: Target;
}

let calls = 0;
/** Each call comes from somewhere else: nobody's wrong passwords are to be slowed down here. */
function fromElsewhere(): { readonly 'x-forwarded-for': string } {
  calls += 1;
  return { 'x-forwarded-for': `10.0.${calls >> 8}.${calls & 255}` };
}

/** Guesses at one name are slowed down wherever they come from: each way has its own. */
function basicOf(way: Way, caller: CallerName): string | undefined {
  const isGuess = caller === 'wrong' && way === 'throughTokenService';
  return isGuess ? `Basic ${btoa('ada:wrong')}` : callers.of[caller].basic;
}

async function send(way: Way, { row, caller, target }: Attempted): Promise<Response> {
  const { name } = targets.of[target];
  const authorization =
    way === 'direct' ? basicOf(way, caller) : await tokenFor(caller, `bob/${name}`);
  // Of the missing repository the private one's digest is asked, or the digests would tell them apart.
  const config = configs.get(target) ?? configs.get('private') ?? '';
  const path = row.action === 'check' ? '' : `bob/${name}/${row.path.replace('{config}', config)}`;
  return fetch(`${server.url}/v2/${path}`, {
    method: row.method,
    headers: { ...fromElsewhere(), ...(authorization !== undefined && { authorization }) },
  });
}

/** What a client would send after asking for all rights; the bad credential itself where that fails. */
async function tokenFor(caller: CallerName, name: string): Promise<string | undefined> {
  const basic = basicOf('throughTokenService', caller);
  const query = new URLSearchParams({
    service: new URL(server.url).host,
    scope: `repository:${name}:pull,push,delete`,
  });
  const answer = await fetch(`${server.url}/token?${query.toString()}`, {
    headers: { ...fromElsewhere(), ...(basic !== undefined && { authorization: basic }) },
  });
  if (!answer.ok) return 'Bearer none';
  const { token } = (await answer.json()) as { token: string };
  return `Bearer ${token}`;
}

async function decisions(way: Way, row: RegistryRow, target: Target) {
  const all: Record<string, Decision> = {};
  for (const caller of callerNames) {
    all[caller] = await decisionOf(await send(way, { row, caller, target }));
  }
  return all;
}

const rows = Object.entries(registryRows).filter(([kind]) => kind !== 'check') as [
  string,
  RegistryRow & { readonly action: keyof typeof direct },
][];

describe.each(['direct', 'throughTokenService'] as const)(
  'A1 A10 the access matrix of the registry, %s',
  (way) => {
    test('the check that clients begin with', async () => {
      expect(await decisions(way, registryRows.check, 'public')).toEqual(checkRow[way]);
    });

    test.each(rows)('%s of a public repository', async (_kind, row) => {
      expect(await decisions(way, row, 'public')).toEqual(tables[way][row.action].public);
    });

    test.each(rows)('%s of a private repository', async (_kind, row) => {
      expect(await decisions(way, row, 'private')).toEqual(tables[way][row.action].private);
    });

    test.each(rows)('%s tells outsiders nothing of what is private', async (_kind, row) => {
      for (const caller of outsiders) {
        const hidden = await send(way, { row, caller, target: 'private' });
        const missing = await send(way, { row, caller, target: 'missing' });
        expect(await withoutNames(hidden, targets.of.private), caller).toEqual(
          await withoutNames(missing, targets.of.missing),
        );
      }
    });
  },
);

test('A1 a mount from a private repository is answered like one from nowhere', async () => {
  const config = configs.get('private') ?? '';
  const mount = async (from: string, digest: string) => {
    const answer = await fetch(
      `${server.url}/v2/ada/mine/blobs/uploads/?mount=${digest}&from=bob/${from}`,
      { method: 'POST', headers: { authorization: server.ada.basic } },
    );
    return { status: answer.status, digest: answer.headers.get('docker-content-digest') };
  };

  const fromPrivate = await mount(targets.of.private.name, config);
  const fromMissing = await mount(targets.of.missing.name, config);

  expect(fromPrivate).toEqual({ status: 202, digest: null });
  expect(fromMissing).toEqual(fromPrivate);
});

test('A5 an upload of somebody else can’t be gone on with, be it in one’s own repository', async () => {
  const started = await fetch(`${server.url}/v2/bob/${targets.of.public.name}/blobs/uploads/`, {
    method: 'POST',
    headers: { authorization: server.bob.basic },
  });
  const session = started.headers.get('location')?.split('/').at(-1) ?? '';

  for (const method of ['GET', 'PATCH', 'DELETE']) {
    const stolen = await fetch(`${server.url}/v2/ada/mine/blobs/uploads/${session}`, {
      method,
      headers: { authorization: server.ada.basic },
    });
    expect(stolen.status, method).toBe(404);
  }
});
