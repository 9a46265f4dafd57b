import type { Repository } from '#protocol';
import { formatTime } from '../output/time-text.ts';

/** A repository in a few lines for people. */
export function describeRepository(repository: Repository): string {
  const { name, isPrivate, description, createdAt, lastPushedAt } = repository;
  return [
    `${name} (${isPrivate ? 'private' : 'public'})`,
    ...(description === '' ? [] : [`  ${description}`]),
    `  tags: ${describeImmutability(repository.immutability)}`,
    `  created ${formatTime(createdAt)}, last push ${lastPushedAt ? formatTime(lastPushedAt) : 'never'}`,
  ].join('\n');
}

function describeImmutability(immutability: Repository['immutability']): string {
  switch (immutability.mode) {
    case 'all_mutable':
      return 'all can be moved';
    case 'all_immutable':
      return 'none can be moved';
    case 'patterns':
      return `none that match ${immutability.patterns.join(' or ')} can be moved`;
  }
}
