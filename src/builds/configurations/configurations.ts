import type { Principal } from '#access';
import type { RepositoryName } from '#kernel';
import { requireRepository } from '#repositories';
import type { BuildsParts } from '../builds-options.ts';
import { startBuilds } from '../planning/start-builds.ts';
import { type BuildRule, changeRule, type RuleChange, type RuleText } from '../rules/build-rule.ts';
import type { RuleTestReport } from '../rules/test-rules.ts';
import { changeRules, ruleOf } from './change-rules.ts';
import type { ConfigurationInput, ShownConfiguration } from './configuration.ts';
import { deleteConfiguration, findConfiguration } from './configuration-store.ts';
import { notSetUp } from './require-configuration.ts';
import { saveConfiguration } from './save-configuration.ts';
import { setUpByPush } from './set-up-by-push.ts';
import { showConfiguration } from './show-configuration.ts';
import { type RuleTestRequest, tryRules } from './try-rules.ts';
import { whichAreSetUp } from './which-are-set-up.ts';

/**
 * How repositories are built. Throws `REPOSITORY_UNKNOWN`, also for what the principal may not see,
 * and `ACCESS_DENIED` for what it may not do; `CONFIGURATION_UNKNOWN` where builds are not set up.
 */
export interface Configurations {
  /** Values of variables are there for those who may see them. */
  show(principal: Principal, repository: RepositoryName): Promise<ShownConfiguration>;

  /** Which of these repositories are set up to be built, as far as the principal may see that: never throws for one. */
  setUpAmong(principal: Principal, repositoryIds: readonly number[]): Promise<ReadonlySet<number>>;

  /**
   * Makes or replaces a configuration, with its source where that is new. Rules that are as they were
   * keep their numbers. Builds nothing unless that is asked for: then the newest commit of every rule that
   * names one branch or tag. Throws `RULE_INVALID`, `VARIABLE_INVALID`, `CONFIGURATION_CHANGED`, and
   * what the source's provider says of its name; then nothing was changed. `QUEUE_FULL` is of the builds:
   * the configuration was saved.
   */
  save(
    principal: Principal,
    repository: RepositoryName,
    input: ConfigurationInput & { readonly build?: boolean },
  ): Promise<SavedConfiguration>;

  /**
   * What a first git push sets up: the git repository of the same name is the source, and the branch is
   * built by the default rule. Leaves alone what is set up already, and throws `CONFIGURATION_CHANGED`
   * where that has another source. May be called by several pushes at once.
   */
  setUpByPush(principal: Principal, repository: RepositoryName, branch: string): Promise<void>;

  /** Builds and images stay. */
  remove(principal: Principal, repository: RepositoryName): Promise<void>;

  /** The first rule sets builds up, tested by nothing and with no variables. Throws `RULE_INVALID`. */
  addRule(principal: Principal, repository: RepositoryName, rule: RuleText): Promise<BuildRule>;

  /** Throws `RULE_UNKNOWN` and `RULE_INVALID`. */
  updateRule(
    principal: Principal,
    repository: RepositoryName,
    change: RuleChange & { readonly number: number },
  ): Promise<BuildRule>;

  /** Throws `RULE_UNKNOWN`, and `RULE_INVALID` for the last one. */
  removeRule(principal: Principal, repository: RepositoryName, number: number): Promise<void>;

  /** What rules would do on a push, without building: for those who may build. Throws `RULE_INVALID`. */
  testRules(
    principal: Principal,
    repository: RepositoryName,
    test: RuleTestRequest,
  ): Promise<RuleTestReport>;
}

export interface SavedConfiguration extends ShownConfiguration {
  /** Those that were asked for. */
  readonly startedBuilds: readonly number[];
}

type ConfigurationParts = Omit<BuildsParts, 'ids' | 'logs' | 'publisher'>;

export function createConfigurations(parts: ConfigurationParts): Configurations {
  return {
    show: (principal, name) => showConfiguration(parts, principal, name),
    setUpAmong: (principal, ids) => whichAreSetUp(parts.database, principal, ids),
    async save(principal, name, { build = false, ...input }) {
      await saveConfiguration(parts, { principal, name, input });
      const trial = { principal, name, cause: 'save' } as const;
      const startedBuilds = build ? (await startBuilds(parts, trial)).builds : [];
      return { ...(await showConfiguration(parts, principal, name)), startedBuilds };
    },
    setUpByPush: (principal, name, branch) => setUpByPush(parts, { principal, name, branch }),
    remove: (principal, name) => removeConfiguration(parts, principal, name),
    addRule: (principal, name, rule) => addRule(parts, { principal, name }, rule),
    async updateRule(principal, name, { number, ...change }) {
      const rules = await changeRules(parts, {
        principal,
        name,
        edit: (stored) => {
          const old = ruleOf(stored, number);
          return stored.map((rule) => (rule === old ? changeRule(rule, change) : rule));
        },
      });
      return ruleOf(rules, number);
    },
    async removeRule(principal, name, number) {
      await changeRules(parts, {
        principal,
        name,
        edit: (stored) => {
          const gone = ruleOf(stored, number);
          return stored.filter((rule) => rule !== gone);
        },
      });
    },
    testRules: (principal, name, test) => tryRules(parts, { principal, name }, test),
  };
}

function removeConfiguration(
  { database }: ConfigurationParts,
  principal: Principal,
  name: RepositoryName,
): Promise<void> {
  return database.transact(async (tx) => {
    const repository = await requireRepository(tx, principal, { name }, 'deleteBuildSettings');
    if (!(await deleteConfiguration(tx, repository.id))) throw notSetUp(repository);
  });
}

interface Editor {
  readonly principal: Principal;
  readonly name: RepositoryName;
}

async function addRule(
  parts: ConfigurationParts,
  editor: Editor,
  rule: RuleText,
): Promise<BuildRule> {
  const isSetUp = await parts.database.read(async (tx) => {
    const { principal, name } = editor;
    const { id } = await requireRepository(tx, principal, { name }, 'editBuildSettings');
    return (await findConfiguration(tx, id)) !== undefined;
  });
  const rules = isSetUp
    ? await changeRules(parts, { ...editor, edit: (stored) => [...stored, rule] })
    : (await saveConfiguration(parts, { ...editor, input: firstConfiguration(rule) })).rules;
  const added = rules.at(-1);
  if (added === undefined) throw new Error('a rule that was just stored is gone');
  return added;
}

/** What a first rule sets up, so that nobody has to write a whole configuration. */
function firstConfiguration(rule: RuleText): ConfigurationInput {
  return { autotest: 'off', rules: [rule], variables: [], version: 0 };
}
