import type { Principal } from '#access';
import type { RepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import { type Repository, requireRepository } from '#repositories';
import { putSource, requireSource, type Source, type SourceName } from '#sources';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { type BuildRule, defaultRule, type RuleText, ruleKey } from '../rules/build-rule.ts';
import { parseRules } from '../rules/parse-rules.ts';
import { saveVariables } from './build-variables.ts';
import type { BuildConfiguration, ConfigurationInput } from './configuration.ts';
import {
  findConfiguration,
  listRules,
  putConfiguration,
  replaceRules,
  type StoredRule,
} from './configuration-store.ts';
import { requireConfiguration } from './require-configuration.ts';
import { assertMayUseSource } from './usable-source.ts';

export type SavingParts = Pick<BuildsParts, 'database' | 'clock' | 'secretBox' | 'sources'>;

export interface Saving {
  readonly principal: Principal;
  readonly name: RepositoryName;
  readonly input: ConfigurationInput;
}

/**
 * Makes or replaces a configuration; see `Configurations.save`. All rows are written in one
 * transaction, the source's among them. Only what its provider has to keep is made ready before, for
 * whoever may save: it is no row, and who tries again finds it.
 */
export async function saveConfiguration(
  parts: SavingParts,
  saving: Saving,
): Promise<BuildConfiguration> {
  const { database, clock, sources } = parts;
  if (saving.input.rules !== undefined) parseRules(saving.input.rules);
  const wanted = await database.read((tx) => admit(tx, saving));
  await sources.prepare(wanted.source);
  return database.transact(async (tx) => {
    const admitted = await admit(tx, saving);
    const createdAt = clock.now();
    const source = await putSource(tx, { ...admitted.source, createdAt });
    await store(tx, parts, { ...saving.input, ...admitted, source });
    return requireConfiguration(tx, admitted.repository);
  });
}

interface Admitted {
  readonly repository: Repository;
  readonly source: SourceName;
}

/**
 * What is to be saved for whom, once it is clear that they may. The first configuration is its
 * owner's to make; from then on administrators edit it.
 */
async function admit(
  tx: ReadTransaction | WriteTransaction,
  { principal, name, input }: Saving,
): Promise<Admitted> {
  const repository = await requireRepository(tx, principal, { name }, 'editBuildSettings');
  const existing = await findConfiguration(tx, repository.id);
  if (existing === undefined) await requireRepository(tx, principal, { name }, 'setUpBuilds');
  const stored = existing && (await requireSource(tx, existing.sourceId));
  const source = input.source ?? stored ?? { provider: 'embedded', name };
  await assertMayUseSource(tx, principal, source);
  return { repository, source };
}

interface Stored extends Omit<ConfigurationInput, 'source'> {
  readonly repository: Repository;
  readonly source: Source;
}

async function store(
  tx: WriteTransaction,
  { clock, secretBox }: SavingParts,
  { repository, source, autotest, rules, variables, version }: Stored,
): Promise<void> {
  const { id: repositoryId } = repository;
  const head = { repositoryId, sourceId: source.id, autotest };
  const over = { version, now: clock.now() };
  if (!(await putConfiguration(tx, head, over))) throw configurationChanged(repository);
  const stored = await listRules(tx, repositoryId);
  const first = () => [defaultRule(source.defaultBranch ?? 'main')];
  const wanted = rules ?? (stored.length > 0 ? stored : first());
  parseRules(wanted);
  await replaceRules(tx, repositoryId, keepNumbers(wanted, stored));
  await saveVariables(tx, secretBox, { repositoryId, variables });
}

/** A rule that is as it was stays the same rule, wherever it stands now. */
function keepNumbers(
  rules: readonly RuleText[],
  stored: readonly BuildRule[],
): readonly StoredRule[] {
  const numbers = new Map(stored.map((rule) => [ruleKey(rule), rule.number]));
  return rules.map((rule) => {
    const number = numbers.get(ruleKey(rule));
    numbers.delete(ruleKey(rule));
    return { ...rule, number };
  });
}

function configurationChanged({ name }: Repository) {
  return buildsErrors.fail(
    'CONFIGURATION_CHANGED',
    `the build configuration of ${name} was changed since it was read; read it again, then save your change`,
    { detail: { field: 'version' } },
  );
}
