/**
 * platform/patterns: regular expressions that people write. RE2, so that matching takes linear time;
 * bounded in what they compile to, so that linear is short; compiled once. Without Node, so that a
 * browser tells of a pattern what the server will.
 */
export {
  compilePattern,
  largestPatternSteps,
  longestMatchedText,
  type Pattern,
  type PatternMatch,
} from './pattern.ts';
export { type PatternErrorCode, patternErrors } from './pattern-errors.ts';
