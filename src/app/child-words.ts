import type { BuilderCondition } from '#builder';

/** What a child builder tells the server that started it, over the channel between the two. */
export type ChildWord = BuilderCondition;

/** What came over the channel; `undefined` for what no builder of this version says. */
export function parseChildWord(word: unknown): ChildWord | undefined {
  if (typeof word !== 'object' || word === null) return undefined;
  const { slots, troubles } = word as Partial<Record<keyof ChildWord, unknown>>;
  if (typeof slots !== 'number' || !Array.isArray(troubles)) return undefined;
  return { slots, troubles: troubles.map(String) };
}

/** The part of Node's `process` that has a channel to the parent, or none. */
export interface ChannelToParent {
  readonly connected?: boolean | undefined;
  send?(word: object, told: () => void): unknown;
}

/** Resolves when the word is on its way; at once where there is no parent. */
export function tellParent(channel: ChannelToParent, word: ChildWord): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (channel.connected === true) channel.send?.(word, () => resolve());
  else resolve();
  return promise;
}
