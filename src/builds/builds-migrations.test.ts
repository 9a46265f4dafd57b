import { expect, test } from 'vitest';
import { migrate, statement } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { jobsMigrations } from '#platform/jobs';
import { buildsMigrations } from './builds-migrations.ts';

const insertRule = (id: number, repositoryId: number, source: string) =>
  `insert into build_rule (id, repository_id, position, source_type, source, docker_tags,
     build_context, dockerfile, autobuild, caching)
   overriding system value values (${id}, ${repositoryId}, ${id}, 'branch', '${source}', 'latest', '/', '/', 1, 1)`;
const insertConfiguration = (repositoryId: number) =>
  `insert into build_configuration
     (repository_id, source_id, autotest, version, created_at, updated_at)
   values (${repositoryId}, 1, 'off', 1, 0, 0)`;
const insertVerdict = (repositoryId: number, ruleId: number | null) =>
  `insert into verdict (delivery_id, repository_id, seq, ref_type, ref_name, rule_id, outcome, text)
   values (1, ${repositoryId}, 1, 'branch', 'main', ${ruleId}, 'off', 'x')`;

/** Rules of two repositories, made in turns; one of them is gone, and a verdict tells of it. */
const rowsOfThen = [
  insertConfiguration(1),
  insertConfiguration(2),
  insertRule(11, 1, 'first of one'),
  insertRule(12, 2, 'first of two'),
  insertRule(14, 1, 'third of one'),
  insertRule(15, 2, 'second of two'),
  insertVerdict(1, 13),
  insertVerdict(2, 12),
  insertVerdict(2, null),
];

test.each(testDialects)(
  'rules of older databases are numbered in their repository, with those that are gone, on %s',
  async (dialect) => {
    const steps = [...jobsMigrations, ...buildsMigrations];
    const until = steps.findIndex(({ name }) => name === '0005-rules-by-number');
    await using database = await openTestDatabase(dialect, steps.slice(0, until));
    await database.transact(async (tx) => {
      for (const text of rowsOfThen) await tx.run(statement(inDialect(dialect, text)));
    });

    await migrate(database, steps);

    const all = (text: string) => database.read((tx) => tx.all(statement(text)));
    expect(await all('select repository_id, number, source from build_rule order by 1, 2')).toEqual(
      [
        { repository_id: 1, number: 1, source: 'first of one' },
        { repository_id: 1, number: 3, source: 'third of one' },
        { repository_id: 2, number: 1, source: 'first of two' },
        { repository_id: 2, number: 2, source: 'second of two' },
      ],
    );
    expect(await all('select rule_number from verdict order by id')).toEqual([
      { rule_number: 2 },
      { rule_number: 1 },
      { rule_number: null },
    ]);
    expect(await all('select repository_id, last from build_rule_number order by 1')).toEqual([
      { repository_id: 1, last: 3 },
      { repository_id: 2, last: 2 },
    ]);
  },
);

function inDialect(dialect: string, text: string): string {
  return dialect === 'sqlite' ? text.replace('overriding system value', '') : text;
}
