import { RE2JS, RE2JSException } from 're2js';
import { ruleProblem } from './build-rule.ts';

/** What a rule's source says about names: `/…/` is a regular expression, anything else one name. */
export interface RefPattern {
  readonly kind: 'name' | 'regex';
  /** How many groups a template may refer to. */
  readonly groups: number;
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

const mostGroups = 9;
const longestSource = 255;

/** Throws `RULE_INVALID` for the field `source`. */
export function parseRefPattern(source: string): RefPattern {
  if (source === '') throw ruleProblem('source', 'name a branch or tag, or a /regex/');
  if (source.length > longestSource) {
    throw ruleProblem('source', `use at most ${longestSource} characters`);
  }
  return isRegex(source) ? parseRegex(source.slice(1, -1)) : parseName(source);
}

function isRegex(source: string): boolean {
  return source.length >= 2 && source.startsWith('/') && source.endsWith('/');
}

/** What git forbids in a ref (git-check-ref-format) can never be pushed. */
const neverInRefs = /[\s~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|\.lock$/;

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
    isAnchored: true,
    match: (name) => (name === source ? { start: 0, end: name.length, groups: [] } : undefined),
  };
}

function parseRegex(expression: string): RefPattern {
  if (expression === '') throw ruleProblem('source', 'write a pattern between the slashes');
  const compiled = compile(expression);
  const groups = Math.min(compiled.groupCount(), mostGroups);
  return {
    kind: 'regex',
    groups,
    isAnchored: /^(\^|\\A)/.test(expression) && /(\$|\\z)$/.test(expression),
    match(name) {
      const matcher = compiled.matcher(name);
      if (!matcher.find()) return undefined;
      const found = Array.from({ length: groups }, (_, index) => matcher.group(index + 1) ?? '');
      return { start: matcher.start(), end: matcher.end(), groups: found };
    },
  };
}

function compile(expression: string): RE2JS {
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw ruleProblem('source', `/${expression}/ is no RE2 expression: ${error.message}`);
  }
}
