import { describe, expect, test } from 'vitest';
import type { PhaseName } from '#kernel';
import type { BuildEvent, BuildReport } from '#protocol';
import { createCliFixture } from '../testing/cli-fixture.ts';

function at(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 24, 6, 0, seconds)).toISOString();
}

const pending: BuildReport = {
  id: 41,
  repository: 'alice/app',
  rule: 2,
  state: 'pending',
  source: { type: 'branch', name: 'main', commit: 'a'.repeat(40) },
  tags: ['latest'],
  push: true,
  cause: 'delivery',
  attempts: 0,
  createdAt: at(0),
  attemptList: [],
  waiting: { position: 2, reason: 'other builds of alice run' },
};

function running(phases: BuildReport['attemptList'][number]['phases']): BuildReport {
  const attempt = {
    number: 1,
    state: 'running' as const,
    builder: 'b1',
    startedAt: at(2),
    published: [],
  };
  const { waiting: _, ...build } = pending;
  const attemptList = [{ ...attempt, phases }];
  return { ...build, state: 'in_progress', attempts: 1, startedAt: at(2), attemptList };
}

const clone = { name: 'clone', startedAt: at(2), endedAt: at(3), exitCode: 0 } as const;
const build = { name: 'build', startedAt: at(3), endedAt: at(12), exitCode: 0 } as const;
const digest = `sha256:${'0'.repeat(64)}`;

function succeeded(): BuildReport {
  const report = running([clone, build]);
  const [attempt] = report.attemptList;
  const published = [{ tag: 'latest', digest, outcome: 'moved' as const }];
  const attemptList = attempt
    ? [{ ...attempt, state: 'success' as const, published, endedAt: at(12) }]
    : [];
  return { ...report, state: 'success', finishedAt: at(12), attemptList };
}

function failed(): BuildReport {
  const report = running([clone, { ...build, exitCode: 2 }]);
  const message = 'hook build failed with exit code 2';
  return { ...report, state: 'failed', reason: 'hook_failed', message, finishedAt: at(12) };
}

function line(number: number, phase: PhaseName, text: string) {
  return { number, at: at(number), phase, stream: 'stdout' as const, text };
}

const lines: readonly BuildEvent[] = [
  { type: 'line', attempt: 1, line: line(2, 'clone', 'Cloning') },
  { type: 'line', attempt: 1, line: line(3, 'build', 'Step 1') },
  { type: 'line', attempt: 1, line: line(4, 'build', 'Step 2') },
];

describe('slipway build logs --follow', () => {
  test('lines stand under the heading of their phase; what happens goes to standard error', async () => {
    const events: BuildEvent[] = [
      { type: 'build', build: pending },
      { type: 'build', build: running([clone]) },
      ...lines,
      { type: 'build', build: succeeded() },
      { type: 'end', state: 'success' },
    ];
    await using fixture = await createCliFixture({ events });

    const run = await fixture.run('build', 'logs', '41', '-f');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe(
      '── clone ── 06:00:02\nCloning\n── build ── 06:00:03\nStep 1\nStep 2\n',
    );
    expect(run.stderr).toBe(
      [
        'Build 41 of alice/app: branch main at aaaaaaaaaaaa → latest',
        '  queued, place 2: other builds of alice run',
        '  06:00:03 ✓ clone          1.0 s',
        '  06:00:12 ✓ build          9.0 s',
        `  published latest → ${digest}`,
        'Build 41 of alice/app: success',
        '',
      ].join('\n'),
    );
  });

  test('a build that failed is the exit code, with the phase and the reason', async () => {
    const events: BuildEvent[] = [
      { type: 'build', build: failed() },
      { type: 'end', state: 'failed' },
    ];
    await using fixture = await createCliFixture({ events });

    const run = await fixture.run('build', 'logs', '41', '-f');

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('✗ build          9.0 s, exit code 2');
    expect(run.stderr).toContain('failed: hook build failed with exit code 2');
  });

  test('a canceled build is no success', async () => {
    await using fixture = await createCliFixture({ events: [{ type: 'end', state: 'canceled' }] });

    const run = await fixture.run('build', 'watch', '41');

    expect(run.exitCode).toBe(1);
  });

  test('with --json every event is a line of JSON', async () => {
    const events: BuildEvent[] = [...lines, { type: 'end', state: 'success' }];
    await using fixture = await createCliFixture({ events });

    const run = await fixture.run('build', 'logs', '41', '-f', '--json');

    const printed = run.stdout.trimEnd().split('\n');
    expect(printed.map((text): unknown => JSON.parse(text))).toEqual(events);
    expect(run.stderr).toBe('');
  });
});

test('slipway build watch shows phases and no lines', async () => {
  const events: BuildEvent[] = [
    ...lines,
    { type: 'build', build: succeeded() },
    { type: 'end', state: 'success' },
  ];
  await using fixture = await createCliFixture({ events });

  const run = await fixture.run('build', 'watch', '41');

  expect(run.stdout).toContain('✓ build');
  expect(run.stdout).not.toContain('Step 1');
});

describe('slipway build logs', () => {
  const complete = { attempt: 2, complete: true };
  const pages = [
    { attempt: 2, lines: [line(0, 'clone', 'Cloning')], next: 1, complete: false },
    { ...complete, lines: [line(1, 'build', 'Step 1')], next: 2 },
    { ...complete, lines: [], next: 2 },
  ];

  test('reads page after page of the newest attempt', async () => {
    await using fixture = await createCliFixture({ answers: { readBuildLog: pages } });

    const run = await fixture.run('build', 'logs', '41', '--timestamps');

    expect(run.stdout).toBe(
      [
        '── clone (attempt 2) ── 06:00:00',
        `${at(0)} Cloning`,
        '── build (attempt 2) ── 06:00:01',
        `${at(1)} Step 1`,
        '',
      ].join('\n'),
    );
    expect(fixture.calls.map(({ query }) => query)).toEqual([
      { from: 0 },
      { from: 1, attempt: 2 },
      { from: 2, attempt: 2 },
    ]);
  });

  test('--raw prints the stored text as it is', async () => {
    await using fixture = await createCliFixture({ rawLog: 'one\ntwo\n' });

    const run = await fixture.run('build', 'logs', '41', '--raw');

    expect(run.stdout).toBe('one\ntwo\n');
  });
});

describe('slipway build show', () => {
  test('draws the phases in time, with durations and what was published', async () => {
    await using fixture = await createCliFixture({ answers: { showBuild: succeeded() } });

    const { stdout } = await fixture.run('build', 'show', '41');

    expect(stdout).toBe(
      [
        'Build 41 of alice/app: success',
        `  source   branch main at aaaaaaaaaaaa`,
        '  rule     2',
        '  tags     latest',
        '  cause    delivery',
        '  times    created 2026-11-24 06:00:00, waited 2.0 s, ran 10 s',
        '',
        'Attempt 1 on builder b1, success',
        '  PHASE                                      TOOK',
        `  clone   ${'███'.padEnd(32)}   1.0 s`,
        `  build   ${'█'.repeat(29).padStart(32)}   9.0 s`,
        `  published latest → ${digest}`,
        '',
      ].join('\n'),
    );
  });

  test('a pending build says what it waits for', async () => {
    await using fixture = await createCliFixture({ answers: { showBuild: pending } });

    const { stdout } = await fixture.run('build', 'show', '41');

    expect(stdout).toContain('waiting  place 2 in the queue: other builds of alice run');
    expect(stdout).toContain('waited 10 m 00 s');
  });
});

test('slipway build start tells the numbers of the builds and how to follow them', async () => {
  const answers = { startBuild: { builds: [41], notes: ['tag v1: no rule matches'] } };
  await using fixture = await createCliFixture({ answers });

  const run = await fixture.run('build', 'start', 'alice/app', '--branch', 'main');

  expect(fixture.calls).toMatchObject([{ body: { ref: { type: 'branch', name: 'main' } } }]);
  expect(run.stdout).toContain('slipway build logs 41 -f');
  expect(run.stdout).toContain('no rule matches');
});

test('slipway build list asks for pages until it has as many as wanted', async () => {
  const { attemptList: _, waiting: __, ...entry } = pending;
  const answers = {
    listBuilds: [
      { items: Array.from({ length: 100 }, () => entry), next: 'c1' },
      { items: Array.from({ length: 20 }, () => entry), next: 'c2' },
    ],
  };
  await using fixture = await createCliFixture({ answers });

  const run = await fixture.run('build', 'list', 'alice/tools/app', '--limit', '120', '--json');

  expect((JSON.parse(run.stdout) as { items: unknown[] }).items).toHaveLength(120);
  expect(fixture.calls).toMatchObject([
    { params: { namespace: 'alice', name: 'tools/app' }, query: { limit: 100 } },
    { query: { limit: 20, after: 'c1' } },
  ]);
});
