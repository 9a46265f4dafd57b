import { type RefType, ruleDefaults } from '#kernel';

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
  readonly id: number;
}

/** SET-14: what a first configuration builds. */
export function defaultRule(defaultBranch: string): RuleText {
  return { ...ruleDefaults, source: defaultBranch, dockerTags: 'latest' };
}
