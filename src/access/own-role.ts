import { namespaceOf, type Role } from '#kernel';
import type { Principal } from './principal.ts';

/** What a principal is in a namespace by itself: people own theirs, builds read that of what they build. */
export function ownRole(
  principal: Principal,
  namespace: { readonly id: number; readonly name: string },
): Role | undefined {
  switch (principal.kind) {
    case 'person':
      return principal.namespaceId === namespace.id ? 'owner' : undefined;
    case 'attempt':
      return namespaceOf(principal.repositoryName) === namespace.name ? 'read' : undefined;
    case 'nobody':
    case 'organization-token':
      return undefined;
  }
}
