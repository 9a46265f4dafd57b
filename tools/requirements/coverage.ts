import type { Requirement } from './requirement.ts';

export interface TestFile {
  readonly path: string;
  readonly ids: ReadonlySet<string>;
}

export interface CoveredRequirement {
  readonly requirement: Requirement;
  /** The files whose tests name it. */
  readonly paths: readonly string[];
}

export function coverRequirements(
  requirements: readonly Requirement[],
  files: readonly TestFile[],
): readonly CoveredRequirement[] {
  return requirements.map((requirement) => ({
    requirement,
    paths: files.filter(({ ids }) => ids.has(requirement.id)).map(({ path }) => path),
  }));
}

/** What titles name and no list has, though there is a list of that kind: typing errors. */
export function unknownIds(
  requirements: readonly Requirement[],
  files: readonly TestFile[],
): readonly string[] {
  const known = new Set(requirements.map(({ id }) => id));
  const kinds = new Set(requirements.map(({ id }) => kindOf(id)));
  return files.flatMap(({ path, ids }) =>
    [...ids]
      .filter((id) => kinds.has(kindOf(id)) && !known.has(id))
      .map((id) => `${path} names ${id}`),
  );
}

/** `SET` of `SET-31`, `A` of `A35`: the attacks. */
export function kindOf(id: string): string {
  return id.replace(/-?\d+$/, '');
}
