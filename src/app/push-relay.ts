import type { GitHandlerOptions } from '#githost';
import type { Sources } from '#sources';

/** A push to the embedded git host pokes the source that is linked to the repository, if there is one. */
export function createPushRelay(
  sources: Pick<Sources, 'find' | 'observe'>,
): GitHandlerOptions['pushed'] {
  return async ({ repository, pushedBy, deleted }) => {
    const source = await sources.find({ provider: 'embedded', name: repository.name });
    if (source !== undefined)
      await sources.observe(source.id, { cause: 'push', pushedBy, deleted });
  };
}
