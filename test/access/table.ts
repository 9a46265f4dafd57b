import { type CallerName, callerNames } from './callers.ts';
import type { Decision } from './decision.ts';

/** Decisions by caller, written as words in the order of `callerNames`. */
export function row(words: string): Readonly<Record<CallerName, Decision>> {
  const decisions = words.split(/ +/) as Decision[];
  if (decisions.length !== callerNames.length) throw new Error(`not a decision each: ${words}`);
  return Object.fromEntries(callerNames.map((name, index) => [name, decisions[index]])) as Readonly<
    Record<CallerName, Decision>
  >;
}
