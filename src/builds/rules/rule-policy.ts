import { type AutotestMode, type Instant, isTag } from '#kernel';
import { longestMatchedText } from '#platform/patterns';
import type { RefName, RuleText } from './build-rule.ts';
import type { ParsedRule } from './parse-rules.ts';
import type { RefMatch } from './ref-pattern.ts';
import { resolveTemplate } from './tag-template.ts';

/** A ref with where it points. */
export interface RefHead extends RefName {
  readonly commit: string;
}

/** Who asks: a push obeys the switches of the rules, a person who starts a build does not. */
export type Occasion = 'push' | 'manual';

export interface RuleContext {
  readonly autotest: AutotestMode;
  readonly occasion: Occasion;
  readonly now: Instant;
}

/** What one rule does with a ref that it matches. */
export type RuleDecision =
  | { readonly kind: 'build' | 'test'; readonly tags: readonly string[]; readonly match: RefMatch }
  | { readonly kind: 'off'; readonly match: RefMatch }
  | { readonly kind: 'invalid'; readonly tag: string; readonly match: RefMatch };

/** `undefined`: the rule has nothing to do with the ref. */
export function decideRule(
  rule: ParsedRule,
  ref: RefHead,
  context: RuleContext,
): RuleDecision | undefined {
  if (rule.text.sourceType !== ref.type) return undefined;
  const match = rule.pattern.match(ref.name);
  if (match === undefined) return undefined;
  const kind = kindOf(rule.text, context);
  if (kind === 'off') return { kind, match };
  const tags = tagsOf(rule, ref, { match, now: context.now });
  const invalid = tags.find((tag) => !isTag(tag));
  return invalid === undefined ? { kind, tags, match } : { kind: 'invalid', tag: invalid, match };
}

/** Why no rule has anything to do with a ref. */
export function noMatchText({ type, name }: RefName): string {
  const text = `${type} ${name} matches no rule`;
  if (name.length <= longestMatchedText) return text;
  return `${text}; patterns are not searched for in names of more than ${longestMatchedText} characters`;
}

function kindOf(rule: RuleText, { autotest, occasion }: RuleContext): 'build' | 'test' | 'off' {
  if (rule.autobuild || occasion === 'manual') return 'build';
  return autotest !== 'off' && rule.sourceType === 'branch' ? 'test' : 'off';
}

function tagsOf(
  { templates }: ParsedRule,
  { name, commit }: RefHead,
  { match, now }: { readonly match: RefMatch; readonly now: Instant },
): readonly string[] {
  const values = {
    sourceref: name,
    commit,
    short_commit: commit.slice(0, 7),
    date: new Date(now).toISOString().slice(0, 10).replaceAll('-', ''),
    groups: match.groups,
  };
  return [...new Set(templates.map((template) => resolveTemplate(template, values)))];
}
