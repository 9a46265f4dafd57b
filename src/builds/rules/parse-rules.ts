import { AppError } from '#kernel';
import { buildsErrors } from '../builds-errors.ts';
import { type RuleText, ruleProblem } from './build-rule.ts';
import { parseRefPattern, type RefPattern } from './ref-pattern.ts';
import { parseTagTemplates, type TagTemplate } from './tag-template.ts';

/** A rule that can be used, with its source and tags understood. */
export interface ParsedRule<Text extends RuleText = RuleText> {
  /** What it is called; see `ruleNumbers` below. */
  readonly number: number;
  readonly text: Text;
  readonly pattern: RefPattern;
  readonly templates: readonly TagTemplate[];
}

const mostRules = 100;
/** Of all patterns together: with a name of 255 characters some 25 ms in the worst case. */
const mostSteps = 5_000;
const tooLargeTogether = `the patterns of all rules are too large together: they compile to more than ${mostSteps} steps; write smaller repetitions, or fewer rules`;
const longestPath = 1000;

/** A rule that may be stored already, and has its number then. */
type Numbered = RuleText & { readonly number?: number | undefined };

/**
 * What a rule is called: its number in the repository. Rules that have none yet are counted as they
 * were given, unless there are others beside them, whose numbers they could be mistaken for.
 */
function ruleNumbers(rules: readonly Numbered[]): readonly number[] {
  const last = Math.max(0, ...rules.map(({ number = 0 }) => number));
  let added = 0;
  return rules.map(({ number }) => number ?? last + (added += 1));
}

/** Throws `RULE_INVALID` with the number of the rule, the field and the remedy. */
export function parseRules<Text extends Numbered>(
  rules: readonly Text[],
): readonly ParsedRule<Text>[] {
  if (rules.length === 0 || rules.length > mostRules) {
    throw buildsErrors.fail('RULE_INVALID', `a configuration has 1 to ${mostRules} rules`, {
      detail: { field: 'rules' },
    });
  }
  const numbers = ruleNumbers(rules);
  const parsed = rules.map((rule, index) => parseNumbered(rule, numbers[index] ?? 0));
  assertAllDifferent(parsed);
  assertQuickTogether(parsed);
  return parsed;
}

export function parseRule<Text extends RuleText>(text: Text, number = 1): ParsedRule<Text> {
  const pattern = parseRefPattern(text.source);
  const templates = parseTagTemplates(text.dockerTags, pattern.groups);
  assertInside('buildContext', text.buildContext);
  assertInside('dockerfile', text.dockerfile);
  if (text.dockerfile !== '/' && text.dockerfile.endsWith('/')) {
    throw ruleProblem('dockerfile', `name the file: ${text.dockerfile}Dockerfile`);
  }
  return { number, text, pattern, templates };
}

function parseNumbered<Text extends RuleText>(text: Text, number: number): ParsedRule<Text> {
  try {
    return parseRule(text, number);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw buildsErrors.fail('RULE_INVALID', `rule ${number}, ${error.message}`, {
      detail: { ...error.detail, rule: number },
    });
  }
}

function assertInside(field: 'buildContext' | 'dockerfile', path: string): void {
  if (path.length > longestPath) {
    throw ruleProblem(field, `use at most ${longestPath} characters`);
  }
  if (path.split('/').includes('..')) {
    throw ruleProblem(field, 'stay inside the source: leave out ".."');
  }
  if (path.includes('\0') || path.includes('\n')) {
    throw ruleProblem(field, 'leave out line ends and zero bytes');
  }
}

function assertQuickTogether(rules: readonly ParsedRule[]): void {
  let steps = 0;
  for (const { number, pattern } of rules) {
    steps += pattern.steps;
    if (steps <= mostSteps) continue;
    throw buildsErrors.fail('RULE_INVALID', `rule ${number}, source: ${tooLargeTogether}`, {
      detail: { rule: number, field: 'source' },
    });
  }
}

/** A stored rule that can't be used: bounds were set, or became tighter, after it was written. */
export interface UnusableRule<Text extends RuleText = RuleText> {
  readonly number: number;
  readonly text: Text;
  /** Which field it is, and the remedy. */
  readonly problem: string;
}

/** Stored rules, each as far as it can be used: one that can't keeps none of the others. */
export function readRules<Text extends RuleText & { readonly number: number }>(
  rules: readonly Text[],
): readonly (ParsedRule<Text> | UnusableRule<Text>)[] {
  let steps = 0;
  return rules.map((text) => {
    const rule = readRule(text);
    if ('problem' in rule) return rule;
    if (steps + rule.pattern.steps > mostSteps) {
      return { number: text.number, text, problem: `source: ${tooLargeTogether}` };
    }
    steps += rule.pattern.steps;
    return rule;
  });
}

function readRule<Text extends RuleText & { readonly number: number }>(
  text: Text,
): ParsedRule<Text> | UnusableRule<Text> {
  const { number } = text;
  try {
    return parseRule(text, number);
  } catch (error) {
    if (!buildsErrors.is(error)) throw error;
    return { number, text, problem: error.message };
  }
}

function assertAllDifferent(rules: readonly ParsedRule[]): void {
  const numbers = new Map<string, number>();
  for (const { number, text } of rules) {
    const { sourceType, source, dockerTags, buildContext, dockerfile } = text;
    const key = JSON.stringify([sourceType, source, dockerTags, buildContext, dockerfile]);
    const earlier = numbers.get(key);
    if (earlier !== undefined) {
      throw buildsErrors.fail(
        'RULE_INVALID',
        `rule ${number} builds the same as rule ${earlier}; remove one`,
        { detail: { rule: number, field: 'source' } },
      );
    }
    numbers.set(key, number);
  }
}
