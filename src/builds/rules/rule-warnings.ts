import type { ParsedRule } from './parse-rules.ts';
import type { TestedRef } from './test-rules.ts';

const mostWarnings = 20;
const mostBuilders = 5;

/** Patterns that are not tied to both ends of a name, with an example where they matched a part. */
export function warnAnchors(
  rules: readonly ParsedRule[],
  refs: readonly TestedRef[],
): readonly string[] {
  return rules.flatMap(({ number, pattern, text }) => {
    if (pattern.isAnchored) return [];
    const partly = refs.find(
      ({ rule, matched, name }) =>
        rule === number && matched !== undefined && matched.end - matched.start < name.length,
    );
    const example = partly === undefined ? '' : `, as in ${partly.name}`;
    return [
      `rule ${number}: ${text.source} matches anywhere in a name${example}; tie it with ^ and $ if that is not meant`,
    ];
  });
}

/** Tags that several rules or refs would set. */
export function warnSharedTags(refs: readonly TestedRef[]): readonly string[] {
  const builders = new Map<string, Set<string>>();
  for (const ref of refs) {
    if (ref.outcome !== 'builds') continue;
    for (const tag of ref.tags) {
      const from = builders.get(tag) ?? new Set();
      builders.set(tag, from.add(`rule ${ref.rule} from ${ref.type} ${ref.name}`));
    }
  }
  const shared = [...builders].filter(([, from]) => from.size > 1);
  const told = shared.slice(0, mostWarnings).map(([tag, from]) => sharedTag(tag, [...from]));
  if (shared.length <= mostWarnings) return told;
  return [...told, `${shared.length - mostWarnings} more tags are set by several builds`];
}

function sharedTag(tag: string, from: readonly string[]): string {
  const more = from.length - mostBuilders;
  const named = more > 0 ? [...from.slice(0, mostBuilders), `${more} more`] : from;
  return `the tag ${tag} is set by ${named.join(' and by ')}; the newest push wins`;
}
