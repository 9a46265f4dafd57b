import type { Immutability } from '#repositories';
import { everyTag } from './repository-answer.ts';

/** What clients send of immutable tags: both, either, or neither. */
export interface ImmutabilityWish {
  readonly isOn?: boolean | undefined;
  readonly rules?: readonly string[] | undefined;
}

/**
 * How the settings follow from what they are. Rules outlive being switched off; switched on without
 * any, they are for every tag.
 */
export function immutabilityAfter(
  { isOn, rules }: ImmutabilityWish,
  now: Immutability,
): Immutability {
  const patterns = rules ?? now.patterns;
  const willBeOn = isOn ?? now.mode !== 'all_mutable';
  if (!willBeOn) return { mode: 'all_mutable', patterns };
  const staysForAll = rules === undefined && now.mode === 'all_immutable';
  if (staysForAll || isForAll(patterns)) return { mode: 'all_immutable', patterns };
  return { mode: 'patterns', patterns };
}

/** Rules as most clients send them: joined by commas. */
export function rulesIn(rules: string): readonly string[] {
  return rules.split(',').filter((rule) => rule !== '');
}

function isForAll(patterns: readonly string[]): boolean {
  return patterns.every((pattern) => pattern === everyTag);
}
