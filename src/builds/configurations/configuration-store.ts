import type { Instant } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { BuildsTables } from '../builds-tables.ts';
import type { BuildRule, RuleText } from '../rules/build-rule.ts';
import type { BuildConfiguration } from './configuration.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

export async function findConfiguration(
  tx: AnyTransaction,
  repositoryId: number,
): Promise<BuildConfiguration | undefined> {
  const row = await tx
    .tables<BuildsTables>()
    .selectFrom('build_configuration')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst();
  return row && { ...toConfiguration(row), rules: await listRules(tx, repositoryId) };
}

/** Which of these repositories have a configuration. */
export async function listConfigured(
  tx: AnyTransaction,
  repositoryIds: readonly number[],
): Promise<readonly number[]> {
  if (repositoryIds.length === 0) return [];
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('build_configuration')
    .select('repository_id')
    .where('repository_id', 'in', repositoryIds)
    .execute();
  return rows.map((row) => row.repository_id);
}

export type ConfigurationHead = Pick<BuildConfiguration, 'repositoryId' | 'sourceId' | 'autotest'>;

/**
 * Makes or changes the configuration's own row, which stays locked until the commit. `false` unless it
 * is of that version, where one is given: 0 stands for none.
 */
export async function putConfiguration(
  tx: WriteTransaction,
  head: ConfigurationHead,
  { version, now }: { readonly version: number | undefined; readonly now: Instant },
): Promise<boolean> {
  if (version !== undefined && version > 0) return updateHead(tx, head, { version, now });
  const changed = { source_id: head.sourceId, autotest: head.autotest, updated_at: now };
  const result = await tx
    .tables<BuildsTables>()
    .insertInto('build_configuration')
    .values({ ...changed, repository_id: head.repositoryId, version: 1, created_at: now })
    .onConflict((conflict) => {
      const known = conflict.column('repository_id');
      if (version === 0) return known.doNothing();
      return known.doUpdateSet((row) => ({
        ...changed,
        version: row('build_configuration.version', '+', 1),
      }));
    })
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

async function updateHead(
  tx: WriteTransaction,
  { repositoryId, sourceId, autotest }: ConfigurationHead,
  { version, now }: { readonly version: number; readonly now: Instant },
): Promise<boolean> {
  const result = await tx
    .tables<BuildsTables>()
    .updateTable('build_configuration')
    .set({ source_id: sourceId, autotest, updated_at: now, version: version + 1 })
    .where('repository_id', '=', repositoryId)
    .where('version', '=', version)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Counts a change of the rules; the row stays locked. `false` when there is no configuration. */
export async function touchConfiguration(
  tx: WriteTransaction,
  repositoryId: number,
  now: Instant,
): Promise<boolean> {
  const result = await tx
    .tables<BuildsTables>()
    .updateTable('build_configuration')
    .set((row) => ({ version: row('version', '+', 1), updated_at: now }))
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function deleteConfiguration(
  tx: WriteTransaction,
  repositoryId: number,
): Promise<boolean> {
  const tables = tx.tables<BuildsTables>();
  await tables.deleteFrom('build_variable').where('repository_id', '=', repositoryId).execute();
  await tables.deleteFrom('build_rule').where('repository_id', '=', repositoryId).execute();
  await tables.deleteFrom('discarded_ref').where('repository_id', '=', repositoryId).execute();
  const result = await tables
    .deleteFrom('build_configuration')
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function listRules(
  tx: AnyTransaction,
  repositoryId: number,
): Promise<readonly BuildRule[]> {
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('build_rule')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .orderBy('position')
    .execute();
  return rows.map(toRule);
}

/** A rule that is to be stored; a new one has no number yet. */
export type StoredRule = RuleText & { readonly number?: number | undefined };

/** Makes the rules these; those that say who they are keep their numbers. */
export async function replaceRules(
  tx: WriteTransaction,
  repositoryId: number,
  rules: readonly StoredRule[],
): Promise<void> {
  const tables = tx.tables<BuildsTables>();
  const kept = rules.flatMap(({ number }) => (number === undefined ? [] : [number]));
  await tables
    .deleteFrom('build_rule')
    .where('repository_id', '=', repositoryId)
    .where('number', 'not in', [0, ...kept])
    .execute();
  for (const [position, rule] of rules.entries()) {
    const row = { ...fromRule(rule), position };
    if (rule.number === undefined) {
      const number = await takeRuleNumber(tx, repositoryId);
      const added = { ...row, repository_id: repositoryId, number };
      await tables.insertInto('build_rule').values(added).execute();
    } else {
      await tables
        .updateTable('build_rule')
        .set(row)
        .where('repository_id', '=', repositoryId)
        .where('number', '=', rule.number)
        .execute();
    }
  }
}

/** The next number of a repository: none is given out twice, whatever becomes of its rule. */
async function takeRuleNumber(tx: WriteTransaction, repositoryId: number): Promise<number> {
  const { last } = await tx
    .tables<BuildsTables>()
    .insertInto('build_rule_number')
    .values({ repository_id: repositoryId, last: 1 })
    .onConflict((conflict) =>
      conflict
        .column('repository_id')
        .doUpdateSet((row) => ({ last: row('build_rule_number.last', '+', 1) })),
    )
    .returning('last')
    .executeTakeFirstOrThrow();
  return last;
}

export interface SealedVariable {
  readonly name: string;
  readonly sealedValue: string;
}

export async function listVariables(
  tx: AnyTransaction,
  repositoryId: number,
): Promise<readonly SealedVariable[]> {
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('build_variable')
    .select(['name', 'sealed_value'])
    .where('repository_id', '=', repositoryId)
    .orderBy('name')
    .execute();
  return rows.map((row) => ({ name: row.name, sealedValue: row.sealed_value }));
}

export async function replaceVariables(
  tx: WriteTransaction,
  repositoryId: number,
  variables: readonly SealedVariable[],
): Promise<void> {
  const tables = tx.tables<BuildsTables>();
  await tables.deleteFrom('build_variable').where('repository_id', '=', repositoryId).execute();
  for (const { name, sealedValue } of variables) {
    await tables
      .insertInto('build_variable')
      .values({ repository_id: repositoryId, name, sealed_value: sealedValue })
      .execute();
  }
}

function fromRule(rule: RuleText) {
  return {
    source_type: rule.sourceType,
    source: rule.source,
    docker_tags: rule.dockerTags,
    build_context: rule.buildContext,
    dockerfile: rule.dockerfile,
    autobuild: Number(rule.autobuild),
    caching: Number(rule.caching),
  };
}

function toRule(row: ReturnType<typeof fromRule> & { readonly number: number }): BuildRule {
  return {
    number: row.number,
    sourceType: row.source_type,
    source: row.source,
    dockerTags: row.docker_tags,
    buildContext: row.build_context,
    dockerfile: row.dockerfile,
    autobuild: row.autobuild === 1,
    caching: row.caching === 1,
  };
}

function toConfiguration(
  row: BuildsTables['build_configuration'],
): Omit<BuildConfiguration, 'rules'> {
  return {
    repositoryId: row.repository_id,
    sourceId: row.source_id,
    autotest: row.autotest,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
