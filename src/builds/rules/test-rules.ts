import type { AutotestMode, Instant, RuleTestOutcome } from '#kernel';
import type { RefName, RuleText } from './build-rule.ts';
import { type ParsedRule, parseRules } from './parse-rules.ts';
import { matchingCost } from './ref-pattern.ts';
import { decideRule, noMatchText, type RuleDecision } from './rule-policy.ts';
import { warnAnchors, warnSharedTags } from './rule-warnings.ts';

export interface RuleTest {
  /** Those that are stored have their numbers. */
  readonly rules: readonly (RuleText & { readonly number?: number })[];
  readonly refs: readonly (RefName & { readonly commit?: string })[];
  readonly autotest: AutotestMode;
  readonly now: Instant;
  /** Lets others have their turn: matching goes on once it resolves. */
  readonly pause: () => Promise<void>;
}

/** What the rules would do with one ref: an entry for each rule that matches, or one for none. */
export interface TestedRef extends RefName {
  readonly outcome: RuleTestOutcome;
  readonly tags: readonly string[];
  /** Its number; of rules that are not stored, counted from 1. */
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

/** Steps times characters: some 10 ms in the worst case, and hardly ever more than one. */
const sliceCost = 500_000;
/** What one test may cost; the rules of a large project and its thousand branches cost a tenth. */
const mostCost = 200 * sliceCost;
const mostEntries = 1_000;

/**
 * Tells what rules would do on a push, without building. Throws `RULE_INVALID`. What is too much for
 * one test is left out, and a warning says so.
 */
export async function testRules(test: RuleTest): Promise<RuleTestReport> {
  const rules = parseRules(test.rules);
  const { tested, tried } = await testRefs(rules, test);
  const warnings = [
    ...warnLeftOut(tried, test.refs.length),
    ...warnAnchors(rules, tested),
    ...warnSharedTags(tested),
  ];
  return { refs: tested, warnings };
}

interface TestedRefs {
  readonly tested: readonly TestedRef[];
  /** How many refs were looked at. */
  readonly tried: number;
}

async function testRefs(rules: readonly ParsedRule[], test: RuleTest): Promise<TestedRefs> {
  const tested: TestedRef[] = [];
  let cost = 0;
  let sliceEnd = sliceCost;
  for (const [tried, ref] of test.refs.entries()) {
    cost += rules.reduce((sum, { pattern }) => sum + matchingCost(pattern, ref.name), 0);
    if (cost > mostCost || tested.length >= mostEntries) return { tested, tried };
    tested.push(...testRef(rules, ref, test));
    if (cost < sliceEnd) continue;
    await test.pause();
    sliceEnd = cost + sliceCost;
  }
  return { tested, tried: test.refs.length };
}

function testRef(
  rules: readonly ParsedRule[],
  ref: RuleTest['refs'][number],
  { autotest, now }: RuleTest,
): readonly TestedRef[] {
  const head = { type: ref.type, name: ref.name, commit: ref.commit ?? exampleCommit };
  const tested = rules.flatMap((rule) => {
    const decision = decideRule(rule, head, { autotest, occasion: 'push', now });
    return decision === undefined ? [] : [describe(ref, decision, rule.number)];
  });
  if (tested.length > 0) return tested;
  const text = noMatchText(ref);
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

function warnLeftOut(tried: number, all: number): readonly string[] {
  if (tried === all) return [];
  return [
    `only the first ${tried} of ${all} branches and tags were tried; name those that you want to see`,
  ];
}
