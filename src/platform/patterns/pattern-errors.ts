import { defineErrors } from '#kernel';

export const patternErrors = defineErrors({
  PATTERN_SYNTAX: 'the text is no RE2 expression',
  PATTERN_TOO_LARGE: 'the expression compiles to more steps than a pattern may have',
});

export type PatternErrorCode = (typeof patternErrors.codes)[number];
