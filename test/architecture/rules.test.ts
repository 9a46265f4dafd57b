import { expect, test } from 'vitest';
import type { RoomName } from './rooms.ts';
import type { Rule } from './rule.ts';
import * as everyRule from './rules/index.ts';
import { parseSourceFile } from './source-file.ts';

interface Sample {
  readonly rule: Rule;
  readonly room: RoomName;
  readonly name?: string;
  readonly refused: string;
  readonly allowed: string;
}

const samples: readonly Sample[] = [
  {
    rule: everyRule.importsFollowTheTable,
    room: 'registry',
    refused: `import type { Build } from '#builds';`,
    allowed: `import { parseTag } from '#kernel';`,
  },
  {
    rule: everyRule.importsFollowTheTable,
    room: 'builder',
    refused: `const { openSqlite } = await import('#platform/db');`,
    allowed: `import { createLogger } from '#platform/telemetry';`,
  },
  {
    rule: everyRule.importsFollowTheTable,
    room: 'client',
    refused: `export { createRepositories } from '#repositories';`,
    allowed: `export { operations } from '#protocol';`,
  },
  {
    rule: everyRule.relativeImportsStayInside,
    room: 'registry',
    refused: `import { x } from '../hub/index.ts';`,
    allowed: `import { x } from './tags/tag-store.ts';`,
  },
  {
    rule: everyRule.roomsUseTheirOwnFilesRelatively,
    room: 'repositories',
    refused: `import { createRepositories } from '#repositories';`,
    allowed: `import { createRepositories } from './create-hub.ts';`,
  },
  {
    rule: everyRule.testingDoorsAreForTests,
    room: 'repositories',
    refused: `import { openTestDatabase } from '#platform/db/testing';`,
    allowed: `import { openSqlite } from '#platform/db';`,
  },
  {
    rule: everyRule.packagesHaveOwners,
    room: 'repositories',
    refused: `import pg from 'pg';`,
    allowed: `import { RE2JS } from 're2js';`,
  },
  {
    rule: everyRule.browsersCanLoadWhatIsTheirs,
    room: 'client',
    refused: `import { setTimeout } from 'node:timers/promises';`,
    allowed: `import { createParser } from 'eventsource-parser';`,
  },
  {
    rule: everyRule.browsersCanLoadWhatIsTheirs,
    room: 'protocol',
    refused: `export { fetch } from 'undici';`,
    allowed: `import { z } from 'zod';`,
  },
  {
    rule: everyRule.doorsAreThin,
    room: 'repositories',
    name: 'index',
    refused: `/** repositories */\nexport const answer = 42;`,
    allowed: `/** repositories */\nexport * from './create-hub.ts';`,
  },
  {
    rule: everyRule.environmentIsConfiguration,
    room: 'registry',
    refused: `const home = process.env['HOME'];`,
    allowed: `const id = process.pid;`,
  },
  {
    rule: everyRule.onlyTheCommandLineEndsTheProcess,
    room: 'app',
    refused: `process.exit(1);`,
    allowed: `process.exitCode = 1;`,
  },
  {
    rule: everyRule.queriesStandInStores,
    room: 'repositories',
    refused: `const tables = tx.tables<RepositoriesTables>();`,
    allowed: `const rows = await listRepositories(tx);`,
  },
  {
    rule: everyRule.queriesStandInStores,
    room: 'registry',
    refused: `const find = statement('select 1');`,
    allowed: `const find = findTag;`,
  },
  {
    rule: everyRule.onlyAccessKnowsTheKindsOfPrincipals,
    room: 'api',
    refused: `if (principal.kind === 'person') allow();`,
    allowed: `if (isPerson(principal)) greet();`,
  },
  {
    rule: everyRule.onlyAccessKnowsTheKindsOfPrincipals,
    room: 'app',
    refused: `switch (principal.kind) { case 'attempt': stage(); }`,
    allowed: `const principal = { kind: 'attempt' };`,
  },
  {
    rule: everyRule.nothingReachesAShell,
    room: 'sources',
    refused: `import { exec as run } from 'node:child_process';`,
    allowed: `import { execFile } from 'node:child_process';`,
  },
  {
    rule: everyRule.nothingReachesAShell,
    room: 'sources',
    refused: `spawn('git', words, { shell: '/bin/sh' });`,
    allowed: `spawn('git', words, { shell: false });`,
  },
  {
    rule: everyRule.programsAreGivenTheirEnvironment,
    room: 'builder',
    refused: `import { spawn } from 'node:child_process'; spawn('git', words, { env }); spawn('ls', []);`,
    allowed: `import { spawn } from 'node:child_process'; spawn('git', words, { env });`,
  },
  {
    rule: everyRule.programsAreGivenTheirEnvironment,
    room: 'builder',
    refused: `import { execFile } from 'node:child_process'; const run = promisify(execFile);`,
    allowed: `import { execFile } from 'node:child_process'; execFile('git', [], { env: {} }, done);`,
  },
  {
    rule: everyRule.transactionsAwaitTheirQueries,
    room: 'repositories',
    refused: `database.transact(async (tx) => { await insert(tx); await readFile(path); });`,
    allowed: `database.transact(async (tx) => { const rows = select(tx); await rows.execute(); });`,
  },
  {
    rule: everyRule.transactionsAwaitTheirQueries,
    room: 'repositories',
    refused: `async function move(tx: WriteTransaction) { await fetch(url); await insert(tx); }`,
    allowed: `async function run(work: (tx: WriteTransaction) => Promise<void>) { await fetch(url); }`,
  },
];

test.each(samples)('$rule.name: refuses $refused', ({ rule, room, name, refused, allowed }) => {
  const path = `src/${room}/${name ?? 'sample'}.ts`;

  expect(rule.check(parseSourceFile(path, refused))).toHaveLength(1);
  expect(rule.check(parseSourceFile(path, allowed))).toEqual([]);
});

test.each(['string-utils', 'helpers', 'types', 'upload-manager', 'constants', 'TagStore'])(
  'no file is called %s',
  (stem) => {
    const file = parseSourceFile(`src/hub/${stem}.ts`, '');

    expect(everyRule.fileNamesSaySomething.check(file)).toHaveLength(1);
  },
);

test('tests may do what the code may not', () => {
  const file = parseSourceFile(
    'src/hub/push.test.ts',
    `import { openTestDatabase } from '#platform/db/testing';
     import { createRegistry } from '#registry';
     const url = process.env['SLIPWAY_TEST_POSTGRES_URL'];`,
  );

  expect(Object.values(everyRule).flatMap((rule) => rule.check(file))).toEqual([]);
});
