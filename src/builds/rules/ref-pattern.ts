import {
  compilePattern,
  longestMatchedText,
  type Pattern,
  patternErrors,
} from '#platform/patterns';
import { ruleProblem } from './build-rule.ts';

/** What a rule's source says about names: `/…/` is a regular expression, anything else one name. */
export interface RefPattern {
  readonly kind: 'name' | 'regex';
  /** How many groups a template may refer to. */
  readonly groups: number;
  /** What it costs to match it, a character of the name. */
  readonly steps: number;
  /** A regex that is tied to both ends of the name, or a plain name. */
  readonly isAnchored: boolean;
  match(name: string): RefMatch | undefined;
}

export interface RefMatch {
  /** The part of the name that was matched: first and past-last character. */
  readonly start: number;
  readonly end: number;
  /** The capture groups in order, empty where one took no part. */
  readonly groups: readonly string[];
}

/** What it costs at most to match a name, in steps times characters. */
export function matchingCost({ steps }: RefPattern, name: string): number {
  return steps * Math.min(name.length, longestMatchedText);
}

const mostGroups = 9;
const longestSource = 255;

/** Throws `RULE_INVALID` for the field `source`. */
export function parseRefPattern(source: string): RefPattern {
  if (source === '') throw ruleProblem('source', 'name a branch or tag, or a /regex/');
  if (source.length > longestSource) {
    throw ruleProblem('source', `use at most ${longestSource} characters`);
  }
  if (source.includes('\0')) throw ruleProblem('source', 'leave out zero bytes');
  return isRegex(source) ? parseRegex(source.slice(1, -1)) : parseName(source);
}

function isRegex(source: string): boolean {
  return source.length >= 2 && source.startsWith('/') && source.endsWith('/');
}

/** What git forbids in a ref (git-check-ref-format) can never be pushed. */
const neverInRefs = /[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|\.lock$/u;

function parseName(source: string): RefPattern {
  if (neverInRefs.test(source)) {
    throw ruleProblem(
      'source',
      `no branch or tag can be called ${source}; write a pattern between slashes: /${source.replace(/^\//, '')}/`,
    );
  }
  return {
    kind: 'name',
    groups: 0,
    steps: 1,
    isAnchored: true,
    match: (name) => (name === source ? { start: 0, end: name.length, groups: [] } : undefined),
  };
}

function parseRegex(expression: string): RefPattern {
  if (expression === '') throw ruleProblem('source', 'write a pattern between the slashes');
  const compiled = compile(expression);
  const groups = Math.min(compiled.groups, mostGroups);
  return {
    kind: 'regex',
    groups,
    steps: compiled.steps,
    isAnchored: /^(\^|\\A)/.test(expression) && /(\$|\\z)$/.test(expression),
    match(name) {
      const found = compiled.find(name);
      return found && { ...found, groups: found.groups.slice(0, groups) };
    },
  };
}

function compile(expression: string): Pattern {
  try {
    return compilePattern(expression);
  } catch (error) {
    if (!patternErrors.is(error)) throw error;
    const isSyntax = error.code === 'PATTERN_SYNTAX';
    throw ruleProblem('source', isSyntax ? `/${expression}/ is ${error.message}` : error.message);
  }
}
