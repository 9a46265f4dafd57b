import { type RefType, ruleDefaults } from '#kernel';
import { buildsErrors } from '../builds-errors.ts';

/** A branch or tag without `refs/…`. */
export interface RefName {
  readonly type: RefType;
  readonly name: string;
}

/** Which refs are built, from what, and which tags the images get: as people write it. */
export interface RuleText {
  readonly sourceType: RefType;
  /** A name, or `/regex/` in RE2, searched for anywhere in the name. */
  readonly source: string;
  /** Tags or templates, separated by commas. */
  readonly dockerTags: string;
  /** Relative to the source's root; `/` is the root, empty the Dockerfile's folder. */
  readonly buildContext: string;
  /** Relative to the build context, else to the root; `/` is `Dockerfile`. */
  readonly dockerfile: string;
  /** Off: a push builds nothing, or tests only where autotest is on. */
  readonly autobuild: boolean;
  readonly caching: boolean;
}

export interface BuildRule extends RuleText {
  /** What the rule is called within its repository: 1, 2, 3 …, for ever its own. */
  readonly number: number;
}

/** What people call the parts of a rule: the one list of them. */
const ruleLabels: Readonly<Record<keyof RuleText, string>> = {
  sourceType: 'source type',
  source: 'source',
  dockerTags: 'docker tags',
  buildContext: 'build context',
  dockerfile: 'Dockerfile location',
  autobuild: 'autobuild',
  caching: 'build caching',
};

/** What makes a rule unusable, with the remedy in its sentence. */
export function ruleProblem(field: keyof RuleText, problem: string) {
  return buildsErrors.fail('RULE_INVALID', `${ruleLabels[field]}: ${problem}`, {
    detail: { field },
  });
}

const ruleParts = Object.keys(ruleLabels) as readonly (keyof RuleText)[];

/** Equal for rules that say the same. */
export function ruleKey(rule: RuleText): string {
  return JSON.stringify(ruleParts.map((part) => rule[part]));
}

/** What is to change of a rule; what is left out stays. */
export type RuleChange = { readonly [Part in keyof RuleText]?: RuleText[Part] | undefined };

export function changeRule(rule: BuildRule, change: RuleChange): BuildRule {
  const given = ruleParts.filter((part) => change[part] !== undefined);
  return { ...rule, ...Object.fromEntries(given.map((part) => [part, change[part]])) };
}

/** SET-14: what a first configuration builds. */
export function defaultRule(defaultBranch: string): RuleText {
  return { ...ruleDefaults, source: defaultBranch, dockerTags: 'latest' };
}
