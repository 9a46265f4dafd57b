import type { ImmutabilityMode } from '#kernel';
import { compilePattern, type Pattern, patternErrors } from '#platform/patterns';
import { repositoriesErrors } from './repositories-errors.ts';

/** Which tags of a repository keep pointing to what they were made for. */
export interface Immutability {
  readonly mode: ImmutabilityMode;
  /** Kept while another mode is chosen; each is searched for in the tag, unanchored. */
  readonly patterns: readonly string[];
}

export const mutable: Immutability = { mode: 'all_mutable', patterns: [] };

const mostPatterns = 5;
const longestPattern = 256;
/** Of a repository's patterns together: they are matched whenever a tag moves, inside its transaction. */
const mostSteps = 1_000;

/** Throws `PATTERNS_INVALID` with the pattern that is wrong and why. */
export function assertImmutability({ mode, patterns }: Immutability): void {
  if (patterns.length > mostPatterns) {
    throw invalid(`there are at most ${mostPatterns} patterns; join some with |`);
  }
  if (mode === 'patterns' && patterns.length === 0) {
    throw invalid('the mode "patterns" needs at least one pattern, such as ^v[0-9]');
  }
  const steps = patterns.reduce((sum, pattern) => sum + parsePattern(pattern).steps, 0);
  if (steps > mostSteps) {
    throw invalid(
      `the patterns are too large together: they compile to ${steps} steps, at most ${mostSteps} are taken; write smaller repetitions, or fewer patterns`,
    );
  }
}

/**
 * Whether the settings forbid that an existing tag points elsewhere or goes. A pattern that was stored
 * before there were bounds, and is beyond them, protects every tag: what it was to protect can't be
 * told, and losing a tag is worse than being asked to change the pattern.
 */
export function isImmutable({ mode, patterns }: Immutability, tag: string): boolean {
  switch (mode) {
    case 'all_mutable':
      return false;
    case 'all_immutable':
      return true;
    case 'patterns':
      return patterns.some((pattern) => mayMatch(pattern, tag));
  }
}

function mayMatch(pattern: string, tag: string): boolean {
  try {
    return compilePattern(pattern).find(tag) !== undefined;
  } catch (error) {
    if (patternErrors.is(error)) return true;
    throw error;
  }
}

function parsePattern(pattern: string): Pattern {
  if (pattern.includes('\0')) throw invalid('a pattern can not hold a zero byte');
  if (pattern === '' || pattern.length > longestPattern) {
    throw invalid(`a pattern has 1 to ${longestPattern} characters`);
  }
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (!patternErrors.is(error)) throw error;
    const isSyntax = error.code === 'PATTERN_SYNTAX';
    throw invalid(isSyntax ? `the pattern ${pattern} is ${error.message}` : error.message);
  }
}

function invalid(problem: string) {
  return repositoriesErrors.fail('PATTERNS_INVALID', problem, { detail: { field: 'patterns' } });
}
