import type { Clock } from '#kernel';
import type { SecretBox } from '#platform/crypto';
import type { Database, WriteTransaction } from '#platform/db';
import { buildsErrors } from '../builds-errors.ts';
import { type BuildRule, defaultRule, type RuleText } from '../rules/build-rule.ts';
import { parseRules } from '../rules/parse-rules.ts';
import type { BuildConfiguration, BuildVariable, ConfigurationInput } from './configuration.ts';
import {
  deleteConfiguration,
  findConfiguration,
  listRules,
  listVariables,
  putConfiguration,
  replaceRules,
  replaceVariables,
  type SealedVariable,
  touchConfiguration,
} from './configuration-store.ts';
import { assertVariables } from './variable-policy.ts';

/** How repositories are built. Saving never starts a build; who may do what is asked at the edge. */
export interface Configurations {
  find(repositoryId: number): Promise<BuildConfiguration | undefined>;

  /** The names of its build variables, in order: all that people without admin access see. */
  variableNames(repositoryId: number): Promise<readonly string[]>;

  /** Its build variables with their values. */
  variables(repositoryId: number): Promise<readonly BuildVariable[]>;

  /**
   * Makes or replaces a configuration. Rules that are as they were keep their ids. Throws
   * `RULE_INVALID` or `VARIABLE_INVALID`; then nothing was changed.
   */
  save(input: ConfigurationInput): Promise<BuildConfiguration>;

  /** Builds and images stay. `false` when there was none. */
  remove(repositoryId: number): Promise<boolean>;

  /** These three throw `CONFIGURATION_UNKNOWN`, `RULE_UNKNOWN` and `RULE_INVALID`. */
  addRule(repositoryId: number, rule: RuleText): Promise<BuildRule>;
  updateRule(repositoryId: number, ruleId: number, change: Partial<RuleText>): Promise<BuildRule>;
  removeRule(repositoryId: number, ruleId: number): Promise<void>;
}

export interface ConfigurationsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
}

export function createConfigurations(options: ConfigurationsOptions): Configurations {
  const { database, secretBox } = options;
  const change = (repositoryId: number, edit: RuleEdit) =>
    database.transact((tx) => changeRules(tx, { options, repositoryId, edit }));
  return {
    find: (repositoryId) => database.read((tx) => findConfiguration(tx, repositoryId)),
    async variableNames(repositoryId) {
      const variables = await database.read((tx) => listVariables(tx, repositoryId));
      return variables.map(({ name }) => name);
    },
    async variables(repositoryId) {
      const variables = await database.read((tx) => listVariables(tx, repositoryId));
      return openVariables(secretBox, variables);
    },
    save: (input) => database.transact((tx) => saveConfiguration(tx, options, input)),
    remove: (repositoryId) => database.transact((tx) => deleteConfiguration(tx, repositoryId)),
    async addRule(repositoryId, rule) {
      const rules = await change(repositoryId, (stored) => [...stored, rule]);
      return lastOf(rules);
    },
    async updateRule(repositoryId, ruleId, changed) {
      const rules = await change(repositoryId, (stored) =>
        withRule(stored, ruleId).map((rule) =>
          rule.id === ruleId ? { ...rule, ...changed, id: ruleId } : rule,
        ),
      );
      return lastOf(rules.filter(({ id }) => id === ruleId));
    },
    async removeRule(repositoryId, ruleId) {
      await change(repositoryId, (stored) =>
        withRule(stored, ruleId).filter(({ id }) => id !== ruleId),
      );
    },
  };
}

export function openVariables(
  secretBox: SecretBox,
  variables: readonly SealedVariable[],
): readonly BuildVariable[] {
  return variables.map(({ name, sealedValue }) => ({ name, value: secretBox.open(sealedValue) }));
}

async function saveConfiguration(
  tx: WriteTransaction,
  { clock, secretBox }: ConfigurationsOptions,
  input: ConfigurationInput,
): Promise<BuildConfiguration> {
  const { repositoryId } = input;
  await putConfiguration(tx, input, clock.now());
  const stored = await listRules(tx, repositoryId);
  const rules = input.rules ?? (stored.length > 0 ? stored : [firstRule(input)]);
  parseRules(rules);
  await replaceRules(tx, repositoryId, keepIds(rules, stored));
  await replaceVariables(tx, repositoryId, await sealVariables(tx, secretBox, input));
  return requireConfiguration(await findConfiguration(tx, repositoryId));
}

function firstRule({ defaultBranch }: ConfigurationInput): RuleText {
  return defaultRule(defaultBranch ?? 'main');
}

async function sealVariables(
  tx: WriteTransaction,
  secretBox: SecretBox,
  { repositoryId, variables }: ConfigurationInput,
): Promise<readonly SealedVariable[]> {
  const rows = await listVariables(tx, repositoryId);
  const stored = new Map(rows.map(({ name, sealedValue }) => [name, sealedValue]));
  assertVariables(variables, [...stored.keys()]);
  return variables.map(({ name, value }) => ({
    name,
    sealedValue: value === undefined ? (stored.get(name) ?? '') : secretBox.seal(value),
  }));
}

/** A rule that is as it was stays the same rule, wherever it stands now. */
function keepIds(
  rules: readonly RuleText[],
  stored: readonly BuildRule[],
): readonly (RuleText & { readonly id?: number })[] {
  const ids = new Map(stored.map((rule) => [ruleKey(rule), rule.id]));
  return rules.map((rule) => {
    const id = ids.get(ruleKey(rule));
    ids.delete(ruleKey(rule));
    const { sourceType, source, dockerTags, buildContext, dockerfile, autobuild, caching } = rule;
    const text = { sourceType, source, dockerTags, buildContext, dockerfile, autobuild, caching };
    return id === undefined ? text : { ...text, id };
  });
}

function ruleKey(rule: RuleText): string {
  const { sourceType, source, dockerTags, buildContext, dockerfile, autobuild, caching } = rule;
  return JSON.stringify([
    sourceType,
    source,
    dockerTags,
    buildContext,
    dockerfile,
    autobuild,
    caching,
  ]);
}

type RuleEdit = (stored: readonly BuildRule[]) => readonly (RuleText & { readonly id?: number })[];

async function changeRules(
  tx: WriteTransaction,
  { options, repositoryId, edit }: RuleChange,
): Promise<readonly BuildRule[]> {
  if (!(await touchConfiguration(tx, repositoryId, options.clock.now()))) {
    throw configurationUnknown();
  }
  const rules = edit(await listRules(tx, repositoryId));
  parseRules(rules);
  await replaceRules(tx, repositoryId, rules);
  return listRules(tx, repositoryId);
}

interface RuleChange {
  readonly options: ConfigurationsOptions;
  readonly repositoryId: number;
  readonly edit: RuleEdit;
}

function withRule(rules: readonly BuildRule[], ruleId: number): readonly BuildRule[] {
  if (rules.some(({ id }) => id === ruleId)) return rules;
  throw buildsErrors.fail('RULE_UNKNOWN', `the configuration has no rule ${ruleId}`, {
    detail: { ruleId },
  });
}

function lastOf(rules: readonly BuildRule[]): BuildRule {
  const rule = rules.at(-1);
  if (rule === undefined) throw new Error('a rule that was just stored is gone');
  return rule;
}

export function requireConfiguration(
  configuration: BuildConfiguration | undefined,
): BuildConfiguration {
  if (configuration === undefined) throw configurationUnknown();
  return configuration;
}

function configurationUnknown() {
  return buildsErrors.fail(
    'CONFIGURATION_UNKNOWN',
    'automated builds are not set up for this repository; save a build configuration first',
  );
}
