import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrganizationToken } from '#access';
import {
  connectBuilder,
  makeBuildable,
  pushImage,
  startBuild,
  startTestServer,
  type TestBuilder,
  type TestServer,
} from '#app/testing';
import type { NamespaceName, RepositoryName } from '#kernel';
import { decisionOf } from './decision.ts';

/*
 * Every credential at every edge, its bearer asking for the most that there is: Bob's own private
 * repository and source, and the reports of the attempt that builds them.
 */

const name = 'bob/mine';
let server: TestServer;
let builder: TestBuilder;
let headers: Readonly<Record<string, string | undefined>>;
let attemptId: string;

beforeAll(async () => {
  server = await startTestServer();
  await makeBuildable(server, 'mine', { owner: server.bob, isPrivate: true });
  await pushImage(server, server.bob, `${name}:latest`);
  await startBuild(server, 'mine', 'main', server.bob);
  builder = connectBuilder(server);
  const { assignment } = await builder.next('assignment');
  attemptId = assignment.attemptId;
  headers = await presentAll(assignment.token);
});
afterAll(async () => {
  await builder[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function presentAll(attemptToken: string): Promise<typeof headers> {
  const { bob } = server;
  const admin = await bob.makeToken('repo:admin');
  const write = await bob.makeToken('repo:write');
  const read = await bob.makeToken('repo:read');
  const publicRead = await bob.makeToken('repo:public_read');
  return {
    nothing: undefined,
    nonsense: 'Bearer nonsense',
    password: bob.basic,
    session: `Bearer ${bob.session}`,
    'token repo:admin': admin.basic,
    'token repo:write': write.basic,
    'token repo:read': read.basic,
    'token repo:public_read': publicRead.basic,
    'bare token repo:admin': `Bearer ${admin.secret}`,
    'registry token': `Bearer ${await registryTokenFor(bob.basic)}`,
    'registry token of nobody': `Bearer ${await registryTokenFor(undefined)}`,
    'token of the attempt': `Bearer ${attemptToken}`,
    'token of a builder': `Bearer ${server.builderToken}`,
  };
}

function askForToken(authorization: string | undefined): Promise<Response> {
  const query = new URLSearchParams({
    service: new URL(server.url).host,
    scope: `repository:${name}:pull,push,delete`,
  });
  return send('GET', `/token?${query.toString()}`, authorization);
}

async function registryTokenFor(authorization: string | undefined): Promise<string> {
  const { token } = (await (await askForToken(authorization)).json()) as { token: string };
  return token;
}

function send(method: string, path: string, authorization?: string, body?: object) {
  return fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** What is asked of each edge, in the order of the columns. */
const questions: Readonly<Record<string, (authorization?: string) => Promise<Response>>> = {
  check: (who) => send('GET', '/v2/', who),
  pull: (who) => send('GET', `/v2/${name}/manifests/latest`, who),
  push: (who) => send('POST', `/v2/${name}/blobs/uploads/`, who),
  fetch: (who) => send('GET', `/git/${name}.git/info/refs?service=git-upload-pack`, who),
  'git push': (who) => send('GET', `/git/${name}.git/info/refs?service=git-receive-pack`, who),
  show: (who) => send('GET', `/api/v1/repositories/${name}`, who),
  edit: (who) => send('PATCH', `/api/v1/repositories/${name}`, who, { description: '' }),
  'who am I': (who) => send('GET', '/api/v1/me', who),
  'make token': (who) =>
    send('POST', '/api/v1/access-tokens', who, { label: 'x', scope: 'repo:read' }),
  report: (who) =>
    send('POST', `/api/builder/v1/attempts/${attemptId}/log`, who, { from: 0, lines: [] }),
};

const table: Readonly<Record<string, string>> = {
  //                          registry           git         Slipway's API            builder protocol
  //                          check pull  push   fetch push  show  edit  account make report
  nothing: '                  login login login  login login none  login login login login',
  nonsense: '                 login login login  login login login login login login login',
  password: '                 in    in    in     in    in    in    in    in    in    login',
  session: '                  login login login  in    in    in    in    in    in    login',
  'token repo:admin': '       in    in    in     in    in    in    in    in    no    login',
  'token repo:write': '       in    in    in     in    in    in    no    in    no    login',
  'token repo:read': '        in    in    no     in    no    in    no    in    no    login',
  'token repo:public_read': ' in    none  no     none  none  none  none  in    no    login',
  'bare token repo:admin': '  login login login  in    in    in    in    in    no    login',
  'registry token': '         in    in    in     login login login login login login login',
  'registry token of nobody': 'in   login login  login login login login login login login',
  'token of the attempt': '   in    in    in     in    no    login login login login in',
  'token of a builder': '     login login login  login login login login login login login',
};

describe('a log-in by each credential, at each edge', () => {
  test('is in the table', () => {
    expect(Object.keys(table).toSorted()).toEqual(Object.keys(headers).toSorted());
  });

  test.each(Object.entries(table))('%s', async (credential, row) => {
    const decisions: Record<string, string> = {};
    for (const [question, ask] of Object.entries(questions)) {
      decisions[question] = await decisionOf(await ask(headers[credential]));
    }

    const words = row.trim().split(/ +/);
    const expected = Object.keys(questions).map((question, index) => [question, words[index]]);
    expect(decisions).toEqual(Object.fromEntries(expected));
  });

  test.each([
    ['nothing', '-'],
    ['nonsense', 'refused'],
    ['password', 'pull,push,delete'],
    ['session', 'pull,push,delete'],
    ['token repo:admin', 'pull,push,delete'],
    ['token repo:write', 'pull,push'],
    ['token repo:read', 'pull'],
    ['token repo:public_read', '-'],
    ['bare token repo:admin', 'pull,push,delete'],
    ['registry token', 'refused'],
    ['token of the attempt', 'refused'],
    ['token of a builder', 'refused'],
  ])('%s becomes a registry token for %s', async (credential, expected) => {
    const answer = await askForToken(headers[credential]);

    expect(await grantedBy(answer)).toBe(expected);
  });
});

async function grantedBy(answer: Response): Promise<string> {
  if (!answer.ok) {
    await answer.body?.cancel();
    return 'refused';
  }
  const { token } = (await answer.json()) as { token: string };
  const verified = await server.rooms.credentials.registryTokens.verify(token);
  return verified?.grants.flatMap(({ actions }) => actions).join(',') || '-';
}

test('the token of an organization, which nobody gives out yet, reaches images and nothing else', async () => {
  const { builds, repositories, credentials } = server.rooms;
  const principal: OrganizationToken = {
    kind: 'organization-token',
    id: 'x',
    granteeId: 0,
    organization: 'acme' as NamespaceName,
    readsPublic: true,
  };
  await makeBuildable(server, 'open', { owner: server.bob });
  const open = 'bob/open' as RepositoryName;
  const { registryRights, sourceRights } = repositories;

  expect(await registryRights.actionsOf(principal, open)).toEqual(['pull']);
  expect(await registryRights.actionsOf(principal, name as RepositoryName)).toEqual([]);
  expect(await sourceRights.decide(principal, { name: open }, 'readSource')).toMatchObject({
    isAllowed: false,
    isVisible: false,
  });
  expect((await repositories.list(principal, { limit: 9 })).map((seen) => seen.name)).toEqual([
    open,
  ]);
  await expect(builds.history.list(principal, open, { limit: 9 })).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
  });
  await expect(credentials.accessTokens.list(principal)).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
  });
});
