import { describeAction, isOpen } from '#access';
import { type Action, parseRepositoryName, type RepositoryName } from '#kernel';
import type { Admission } from './admission.ts';

/** For operations whose room asks by itself who may: this only tells of it. */
export function askedByRoom(action: Action): Admission<object, unknown> {
  return { statement: describeAction(action), isOpen: isOpen(action) };
}

/** The repository that a path names. Throws `NAME_INVALID`. */
export function repositoryIn(params: {
  readonly namespace: string;
  readonly name: string;
}): RepositoryName {
  return parseRepositoryName(`${params.namespace}/${params.name}`);
}
