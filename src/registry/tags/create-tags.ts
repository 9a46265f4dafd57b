import type { Database } from '#platform/db';
import type { FactsFinder } from '../manifests/facts-finder.ts';
import type { PublishRules } from '../publish-rules.ts';
import type { Tags } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import { createDescribedTags } from './described-tags.ts';
import { claimTag, eraseTag, listTagEntries, listTags } from './tag-store.ts';

export interface TagsParts {
  readonly database: Database;
  readonly rules: PublishRules;
  readonly facts: FactsFinder;
}

export function createTags({ database, rules, facts }: TagsParts): Tags {
  return {
    ...createDescribedTags({ database, facts }),

    list: async ({ repositoryId, actor }, { after, limit }) => {
      const range = { repositoryId, stage: actor.stage, after, limit: limit + 1 };
      const found = await database.read((tx) => listTags(tx, range));
      return { tags: found.slice(0, limit), hasMore: found.length > limit };
    },

    entries: (repositoryId, page) =>
      database.read((tx) => listTagEntries(tx, { repositoryId, ...page })),

    remove: ({ repositoryId, actor }, tag) =>
      database.transact(async (tx) => {
        const digest = await claimTag(tx, repositoryId, tag);
        if (digest === undefined) {
          throw registryErrors.fail('MANIFEST_UNKNOWN', `there is no tag ${tag}`, {
            detail: { tag },
          });
        }
        const change = { repositoryId, actor, tag, digest };
        await rules.beforeTagDelete(tx, change);
        await eraseTag(tx, repositoryId, tag);
        await rules.afterChange(tx, { kind: 'tag-deleted', ...change });
      }),
  };
}
