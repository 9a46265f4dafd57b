import { RE2JS, RE2JSException } from 're2js';
import { estimateSteps } from './estimate-steps.ts';
import { patternErrors } from './pattern-errors.ts';
import { PatternMemory } from './pattern-memory.ts';

/** A regular expression in RE2 that somebody wrote, compiled. It keeps nothing between two matches. */
export interface Pattern {
  /**
   * The size of its program. A match takes time in proportion to it and to the length of the text: at
   * most some 20 ns a step and character.
   */
  readonly steps: number;
  /** How many parenthesized groups it has. */
  readonly groups: number;
  /**
   * The first match anywhere in the text. None in a text that is longer than `longestMatchedText`;
   * whoever asks says so.
   */
  find(text: string): PatternMatch | undefined;
}

export interface PatternMatch {
  /** First and past-last character. */
  readonly start: number;
  readonly end: number;
  /** What the groups took, in order; empty where one took no part. */
  readonly groups: readonly string[];
}

export const largestPatternSteps = 1_000;
export const longestMatchedText = 255;

/** Above this the size is told from the text: compiling only to refuse would be the attack. */
const largestEstimate = 4 * largestPatternSteps;

/**
 * Compiling is a pure function of the text, so the whole program remembers together. At some 200 bytes
 * a step this is 40 MB at most.
 */
const memory = new PatternMemory<Outcome>({ mostPatterns: 2_000, mostSteps: 200_000 });

/** That an expression can't be used is remembered, too: it may be asked for at every push. */
interface Outcome {
  readonly steps: number;
  readonly give: () => Pattern;
}

/** Throws `PATTERN_SYNTAX`, and `PATTERN_TOO_LARGE` with the size and the remedy. */
export function compilePattern(expression: string): Pattern {
  return memory.get(expression, () => tryToCompile(expression)).give();
}

function tryToCompile(expression: string): Outcome {
  try {
    const pattern = compile(expression);
    return { steps: pattern.steps, give: () => pattern };
  } catch (error) {
    if (!patternErrors.is(error)) throw error;
    const { code, message } = error;
    const give = () => {
      throw patternErrors.fail(code, message);
    };
    return { steps: 1, give };
  }
}

function compile(expression: string): Pattern {
  const estimate = estimateSteps(expression);
  if (estimate > largestEstimate) throw tooLarge(`about ${estimate}`);
  const compiled = parse(expression);
  const steps = compiled.programSize();
  if (steps > largestPatternSteps) throw tooLarge(String(steps));
  const groups = compiled.groupCount();
  return { steps, groups, find: (text) => findIn(compiled, groups, text) };
}

function parse(expression: string): RE2JS {
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw patternErrors.fail('PATTERN_SYNTAX', `no RE2 expression: ${error.message}`);
  }
}

function tooLarge(steps: string) {
  return patternErrors.fail(
    'PATTERN_TOO_LARGE',
    `the pattern is too large: it compiles to ${steps} steps, at most ${largestPatternSteps} are taken; write smaller repetitions than {100}, or * or +`,
  );
}

function findIn(compiled: RE2JS, groups: number, text: string): PatternMatch | undefined {
  if (text.length > longestMatchedText) return undefined;
  const matcher = compiled.matcher(text);
  if (!matcher.find()) return undefined;
  const taken = Array.from({ length: groups }, (_, index) => matcher.group(index + 1) ?? '');
  return { start: matcher.start(), end: matcher.end(), groups: taken };
}
