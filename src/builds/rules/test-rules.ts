import type { AutotestMode, Instant, RuleTestOutcome } from '#kernel';
import type { RefName, RuleText } from './build-rule.ts';
import { type ParsedRule, parseRules } from './parse-rules.ts';
import { decideRule, type RuleDecision } from './rule-policy.ts';

export interface RuleTest {
  readonly rules: readonly RuleText[];
  readonly refs: readonly (RefName & { readonly commit?: string })[];
  readonly autotest: AutotestMode;
  readonly now: Instant;
}

/** What the rules would do with one ref: an entry for each rule that matches, or one for none. */
export interface TestedRef extends RefName {
  readonly outcome: RuleTestOutcome;
  readonly tags: readonly string[];
  /** Counted from 1. */
  readonly rule?: number;
  readonly matched?: { readonly start: number; readonly end: number };
  readonly text: string;
}

export interface RuleTestReport {
  readonly refs: readonly TestedRef[];
  readonly warnings: readonly string[];
}

/** Stands in for commits of refs that were typed in. */
const exampleCommit = '0123456789abcdef0123456789abcdef01234567';

/** Tells what rules would do on a push, without building. Throws `RULE_INVALID`. */
export function testRules(test: RuleTest): RuleTestReport {
  const rules = parseRules(test.rules);
  const refs = test.refs.flatMap((ref) => testRef(rules, ref, test));
  return { refs, warnings: [...warnAnchors(rules, refs), ...warnSharedTags(refs)] };
}

function testRef(
  rules: readonly ParsedRule[],
  ref: RuleTest['refs'][number],
  { autotest, now }: RuleTest,
): readonly TestedRef[] {
  const head = { type: ref.type, name: ref.name, commit: ref.commit ?? exampleCommit };
  const tested = rules.flatMap((rule, index) => {
    const decision = decideRule(rule, head, { autotest, occasion: 'push', now });
    return decision === undefined ? [] : [describe(ref, decision, index + 1)];
  });
  if (tested.length > 0) return tested;
  const text = `${ref.type} ${ref.name} matches no rule`;
  return [{ type: ref.type, name: ref.name, outcome: 'nothing', tags: [], text }];
}

function describe({ type, name }: RefName, decision: RuleDecision, rule: number): TestedRef {
  const { start, end } = decision.match;
  const common = { type, name, rule, matched: { start, end } };
  switch (decision.kind) {
    case 'build':
      return {
        ...common,
        outcome: 'builds',
        tags: decision.tags,
        text: `rule ${rule} builds ${decision.tags.join(', ')}`,
      };
    case 'test':
      return {
        ...common,
        outcome: 'tests',
        tags: [],
        text: `rule ${rule} builds and tests, and pushes nothing`,
      };
    case 'off':
      return { ...common, outcome: 'nothing', tags: [], text: `autobuild of rule ${rule} is off` };
    case 'invalid':
      return {
        ...common,
        outcome: 'invalid',
        tags: [],
        text: `rule ${rule} would give the tag "${decision.tag}", which is not valid`,
      };
  }
}

function warnAnchors(rules: readonly ParsedRule[], refs: readonly TestedRef[]): readonly string[] {
  return rules.flatMap(({ pattern, text }, index) => {
    if (pattern.isAnchored) return [];
    const partly = refs.find(
      ({ rule, matched, name }) =>
        rule === index + 1 && matched !== undefined && matched.end - matched.start < name.length,
    );
    const example = partly === undefined ? '' : `, as in ${partly.name}`;
    return [
      `rule ${index + 1}: ${text.source} matches anywhere in a name${example}; tie it with ^ and $ if that is not meant`,
    ];
  });
}

function warnSharedTags(refs: readonly TestedRef[]): readonly string[] {
  const builders = new Map<string, Set<string>>();
  for (const ref of refs) {
    if (ref.outcome !== 'builds') continue;
    for (const tag of ref.tags) {
      const from = builders.get(tag) ?? new Set();
      builders.set(tag, from.add(`rule ${ref.rule} from ${ref.type} ${ref.name}`));
    }
  }
  return [...builders]
    .filter(([, from]) => from.size > 1)
    .map(
      ([tag, from]) =>
        `the tag ${tag} is set by ${[...from].join(' and by ')}; the newest push wins`,
    );
}
