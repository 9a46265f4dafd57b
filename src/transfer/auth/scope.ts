import type { RegistryAction } from '#kernel';

/**
 * Rights as token services name them (distribution, "Token Scope Documentation"): what they are about,
 * such as `repository:team/app`, and the actions on it.
 */
export type Scope = ReadonlyMap<string, ReadonlySet<string>>;

export const noScope: Scope = new Map();

export function repositoryScope(name: string, ...actions: readonly RegistryAction[]): Scope {
  return new Map([[`repository:${name}`, new Set(actions)]]);
}

export function mergeScopes(...scopes: readonly Scope[]): Scope {
  const merged = new Map<string, ReadonlySet<string>>();
  for (const [resource, actions] of scopes.flatMap((scope) => [...scope])) {
    merged.set(resource, (merged.get(resource) ?? new Set()).union(actions));
  }
  return merged;
}

/** Whether whoever may do all of `scope` may do all of `other`. */
export function coversScope(scope: Scope, other: Scope): boolean {
  return [...other].every(([resource, actions]) =>
    actions.isSubsetOf(scope.get(resource) ?? new Set()),
  );
}

/** Reads `repository:team/app:pull,push repository:team/base:pull`, leaving out what is no scope. */
export function parseScope(text: string): Scope {
  const parts = text.split(' ').map((part) => {
    const colon = part.lastIndexOf(':');
    const actions = part.slice(colon + 1).split(',');
    return colon < 1 ? noScope : new Map([[part.slice(0, colon), new Set(actions)]]);
  });
  return mergeScopes(...parts);
}

/** One text for each thing that the rights are about. */
export function formatScope(scope: Scope): readonly string[] {
  return [...scope].map(([resource, actions]) => `${resource}:${[...actions].join(',')}`);
}
