import { RE2JS, RE2JSException } from 're2js';
import type { ImmutabilityMode } from '#kernel';
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

/** Throws `PATTERNS_INVALID` with the pattern that is wrong and why. */
export function assertImmutability({ mode, patterns }: Immutability): void {
  if (patterns.length > mostPatterns) {
    throw invalid(`there are at most ${mostPatterns} patterns; join some with |`);
  }
  if (mode === 'patterns' && patterns.length === 0) {
    throw invalid('the mode "patterns" needs at least one pattern, such as ^v[0-9]');
  }
  for (const pattern of patterns) assertPattern(pattern);
}

/** Whether the settings forbid that an existing tag points elsewhere or goes. */
export function isImmutable({ mode, patterns }: Immutability, tag: string): boolean {
  switch (mode) {
    case 'all_mutable':
      return false;
    case 'all_immutable':
      return true;
    case 'patterns':
      return patterns.some((pattern) => RE2JS.compile(pattern).matcher(tag).find());
  }
}

function assertPattern(pattern: string): void {
  if (pattern === '' || pattern.length > longestPattern) {
    throw invalid(`a pattern has 1 to ${longestPattern} characters`);
  }
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw invalid(`the pattern ${pattern} is no RE2 expression: ${error.message}`);
  }
}

function invalid(problem: string) {
  return repositoriesErrors.fail('PATTERNS_INVALID', problem, { detail: { field: 'patterns' } });
}
