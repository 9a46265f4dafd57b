import type { Migration } from '#platform/db';

/** Sources know what the git host counts from now on. */
export const knownRefs: Migration = {
  name: '0003-known-refs',
  statements: () => [
    `update git_repository set known_refs =
       (select count(*) from source_ref join source on source.id = source_ref.source_id
         where source.provider = 'embedded' and source.name = git_repository.name)`,
  ],
};
