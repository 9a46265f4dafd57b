import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGitClient } from '#githost/testing';
import { buildConfigurationOperations, repositoryOperations } from '#protocol';
import { type AttackedSite, startAttackedSite } from './site/attacked-site.ts';

/*
 * What a stranger, or somebody with an account, can send to make a server work for nothing. Whatever it
 * is, no turn of the event loop keeps others waiting for long, no answer is large, and nothing of it
 * stays in memory. Each attack is struck once to load what is loaded once, and then measured.
 */

const longestTurnMilliseconds = 100;
const largestAnswerBytes = 64 * 1024;
const mostHeldBytes = 64 * 1024 * 1024;

let site: AttackedSite;

beforeAll(async () => {
  site = await startAttackedSite();
  const { ada } = site;
  for (const name of ['ada/target', 'ada/guarded']) {
    await ada.call(repositoryOperations.create, { body: { name } });
  }
  const rules = Array.from({ length: 100 }, (_, index) => ({
    source: `/^b(\\d*${index % 10})$/`,
    dockerTags: `t${index}-{\\1}`,
  }));
  const params = { namespace: 'ada', name: 'target' };
  await ada.call(buildConfigurationOperations.save, { params, body: { rules } });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  /** Ada's credential goes along. */
  readonly asAda?: boolean;
}

interface Attack {
  readonly what: string;
  /** What is sent, all at once. */
  readonly sent: () => readonly Sent[];
  /** How each of it may be answered. */
  readonly answers: readonly number[];
}

const json = 'application/json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const target = '/api/v1/repositories/ada/target';

function times(count: number, make: (index: number) => Sent): () => readonly Sent[] {
  return () => Array.from({ length: count }, (_, index) => make(index));
}

function keys(count: number): string {
  return Array.from({ length: count }, (_, index) => `"key${index}":${index}`).join(',');
}

/** 244 characters that a linear engine compiles into a machine of 20,000 states. */
const hostileExpression = `/${'(?:.?){1000}'.repeat(20)}/`;

const bodies: readonly Attack[] = [
  {
    what: 'nobody’s 8 MB at the builder’s connection',
    sent: times(4, () => ({
      method: 'POST',
      path: '/api/builder/v1/connection',
      body: `[${'[],'.repeat(2_700_000)}[]]`,
    })),
    answers: [401],
  },
  {
    what: 'unknown keys at log-in, as many as go in',
    sent: times(20, () => ({ method: 'POST', path: '/api/v1/login', body: `{${keys(3_500)}}` })),
    answers: [400],
  },
  {
    what: 'unknown keys at log-in, 8 MB of them',
    sent: times(4, () => ({ method: 'POST', path: '/api/v1/login', body: `{${keys(400_000)}}` })),
    answers: [413],
  },
  {
    what: 'depth at log-in',
    sent: times(20, () => ({ method: 'POST', path: '/api/v1/login', body: '['.repeat(60_000) })),
    answers: [400],
  },
  {
    what: 'a build configuration of millions of values',
    sent: times(2, () => ({
      method: 'PUT',
      path: `${target}/build-configuration`,
      body: `{"rules":[${'{},'.repeat(2_700_000)}{}]}`,
      asAda: true,
    })),
    answers: [400],
  },
  {
    what: 'a form of many fields at the token service',
    sent: times(10, () => ({
      method: 'POST',
      path: '/token',
      body: 'scope=a&'.repeat(1_500),
      type: 'application/x-www-form-urlencoded',
    })),
    answers: [400, 413],
  },
  {
    what: 'a query of many scopes at the token service',
    sent: times(10, () => ({
      method: 'GET',
      path: `/token?${Array.from({ length: 700 }, (_, n) => `scope=repository:a/b${n}:pull`).join('&')}`,
    })),
    answers: [200, 400],
  },
  {
    what: 'headers beyond all measure',
    sent: times(20, () => ({ method: 'GET', path: `/api/v1/${'x'.repeat(60_000)}` })),
    answers: [431],
  },
  {
    what: 'large bodies that nobody wants',
    sent: times(6, () => ({
      method: 'POST',
      path: '/v2/ada/target/blobs/uploads/',
      body: 'x'.repeat(12_000_000),
    })),
    answers: [401],
  },
  ...[
    ['millions of empty objects', `{"layers":[${'{},'.repeat(1_390_000)}{}]}`],
    ['millions of lists', `[${'[],'.repeat(1_390_000)}[]]`],
    ['depth', '['.repeat(4_000_000)],
    ['very many keys', `{${keys(200_000)}}`],
    ['one long text', `{"x":"${'\\u0041'.repeat(690_000)}"}`],
  ].map(([what = '', body = '']) => ({
    what: `a manifest of ${what}, 4 MiB`,
    sent: times(2, () => ({
      method: 'PUT',
      path: '/v2/ada/target/manifests/latest',
      body,
      type: manifestType,
      asAda: true,
    })),
    answers: [400, 404],
  })),
];

const patterns: readonly Attack[] = [
  {
    what: 'hostile rules at the rule tester',
    sent: times(4, () => ({
      method: 'POST',
      path: `${target}/build-rules/test`,
      body: JSON.stringify({
        rules: Array.from({ length: 20 }, () => ({
          source: hostileExpression,
          dockerTags: 'latest',
        })),
        refs: Array.from({ length: 200 }, (_, n) => ({
          type: 'branch',
          name: 'a'.repeat(200) + n,
        })),
      }),
      asAda: true,
    })),
    answers: [400],
  },
  {
    what: 'hostile patterns of immutable tags',
    sent: times(4, () => ({
      method: 'PATCH',
      path: target,
      body: JSON.stringify({
        immutability: {
          mode: 'patterns',
          patterns: Array.from({ length: 5 }, () => hostileExpression.slice(1, -1)),
        },
      }),
      asAda: true,
    })),
    answers: [400],
  },
];

const floods: readonly Attack[] = [
  {
    what: 'wrong passwords for many names',
    sent: times(100, (index) => ({
      method: 'POST',
      path: '/api/v1/login',
      body: JSON.stringify({ username: `user${index}`, password: 'a wrong password' }),
    })),
    answers: [401, 429, 503],
  },
  {
    what: 'upload sessions',
    sent: times(250, () => ({
      method: 'POST',
      path: '/v2/ada/target/blobs/uploads/',
      asAda: true,
    })),
    answers: [202, 429],
  },
  {
    what: 'fetches from the git host',
    sent: times(60, () => ({
      method: 'GET',
      path: '/git/ada/target.git/info/refs?service=git-upload-pack',
      asAda: true,
    })),
    answers: [200, 404, 429, 503],
  },
];

async function send({ method, path, body, type = json, asAda = false }: Sent) {
  const answer = await fetch(`${site.url}${path}`, {
    method,
    headers: {
      ...(asAda ? { authorization: site.adaBasic } : {}),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, bytes: (await answer.arrayBuffer()).byteLength };
}

function strike({ sent }: Attack) {
  return Promise.all(sent().map(send));
}

async function measure(attack: Attack) {
  await strike(attack);
  const before = await site.takeFindings();
  const answers = await strike(attack);
  const { longestTurnMilliseconds: turn, heldBytes } = await site.takeFindings();
  return { answers, turn, grownBytes: heldBytes - before.heldBytes };
}

describe.each(
  Object.entries({ 'A42 bodies': bodies, 'A35 A42 patterns': patterns, 'A42 floods': floods }),
)('%s', (_, attacks) => {
  test.each(attacks)('$what', async (attack) => {
    const { answers, turn, grownBytes } = await measure(attack);

    expect(
      [...new Set(answers.map(({ status }) => status))].filter(
        (status) => !attack.answers.includes(status),
      ),
    ).toEqual([]);
    expect(turn).toBeLessThan(longestTurnMilliseconds);
    expect(Math.max(...answers.map(({ bytes }) => bytes))).toBeLessThan(largestAnswerBytes);
    expect(grownBytes).toBeLessThan(mostHeldBytes);
  });
});

describe('A42 pushes', () => {
  test.each([
    ['2,000 branches that 100 rules look at', 'heads', 2_000],
    ['a mirror of 5,000 refs that no rule takes', 'notes', 5_000],
  ])('%s', async (_, kind, count) => {
    await using git = await openGitClient();
    const commit = await git.commit('Work');
    const refs = Array.from(
      { length: count },
      (_ref, index) => `create refs/${kind}/b${index} ${commit}\n`,
    );
    await pipeToGit(git.folder, refs.join(''));
    const address = new URL('/git/ada/target.git', site.url);
    [address.username, address.password] = ['ada', site.adaToken];
    await site.takeFindings();

    await git.run('push', '--quiet', address.href, `refs/${kind}/*:refs/${kind}/*`);

    const { longestTurnMilliseconds: turn } = await site.takeFindings();
    expect(turn).toBeLessThan(longestTurnMilliseconds);
  });
});

/** Makes refs by the thousand. */
async function pipeToGit(folder: string, commands: string): Promise<void> {
  const child = spawn('git', ['update-ref', '--stdin'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.end(commands);
  await once(child, 'close');
}

test('A42 the write-ahead log stays small under steady writes', async () => {
  const params = { namespace: 'ada', name: 'guarded' };
  for (let round = 0; round < 60; round += 1) {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        site.ada.call(repositoryOperations.update, {
          params,
          body: { description: `${round}.${index}` },
        }),
      ),
    );
  }

  const { size } = await stat(join(site.folder, 'slipway.sqlite-wal'));
  expect(size).toBeLessThan(32 * 1024 * 1024);
});

test('A42 a turn that is too long would have been seen', async () => {
  await site.blockLoop();

  const { longestTurnMilliseconds: turn } = await site.takeFindings();
  expect(turn).toBeGreaterThan(longestTurnMilliseconds);
});
