import { repositoryOperations as operations, type Repository } from '#protocol';
import type { Registry, TagEntry } from '#registry';
import type { Immutability, Repositories, Repository as StoredRepository } from '#repositories';
import type { Route } from '../kit/route.ts';
import { anybody, signedIn } from './access.ts';
import { repositoryAccess } from './repository-access.ts';
import { listRoute, route } from './route.ts';
import { instantText, optionalInstant } from './wire-instant.ts';

/** Repositories and their tags. */
export function repositoryRoutes(repositories: Repositories, registry: Registry): readonly Route[] {
  return [
    route(operations.create, signedIn, async ({ user, body }) => {
      const { name, description, isPrivate } = body;
      const wanted = { name, description, ...(isPrivate === undefined ? {} : { isPrivate }) };
      return repositoryAnswer(await repositories.create(user, wanted));
    }),
    listRoute(operations.list, anybody, async ({ principal, query: { namespace }, page }) => {
      const { after, take } = page;
      const found = await repositories.list(principal, {
        limit: take,
        ...(namespace === undefined ? {} : { namespace }),
        ...(after === undefined ? {} : { after }),
      });
      return { items: found.map(repositoryAnswer), keyOf: ({ name }) => name };
    }),
    route(
      operations.show,
      repositoryAccess(repositories, 'viewRepository'),
      async ({ repository }) => repositoryAnswer(repository),
    ),
    route(operations.update, repositoryAccess(repositories, 'editRepository'), async (call) => {
      const { principal, repository, body } = call;
      const { immutability, isPrivate, description } = body;
      const updated = await repositories.update(principal, repository.name, {
        ...(isPrivate === undefined ? {} : { isPrivate }),
        ...(description === undefined ? {} : { description }),
        ...(immutability === undefined ? {} : { immutability: { patterns: [], ...immutability } }),
      });
      return repositoryAnswer(updated);
    }),
    listRoute(
      operations.listTags,
      repositoryAccess(repositories, 'viewRepository'),
      async ({ repository, page }) => {
        const { after = '', take } = page;
        const tags = await registry.tags.entries(repository.id, { after, limit: take });
        return { items: tags.map(tagAnswer), keyOf: ({ tag }) => tag };
      },
    ),
  ];
}

function repositoryAnswer(stored: StoredRepository): Repository {
  return {
    name: stored.name,
    isPrivate: stored.isPrivate,
    description: stored.description,
    immutability: immutabilityAnswer(stored.immutability),
    createdAt: instantText(stored.createdAt),
    ...optionalInstant('lastPushedAt', stored.lastPushedAt),
  };
}

function immutabilityAnswer({ mode, patterns }: Immutability): Repository['immutability'] {
  return mode === 'patterns' ? { mode, patterns: [...patterns] } : { mode };
}

function tagAnswer({ tag, digest, movedAt }: TagEntry) {
  return { tag, digest, movedAt: instantText(movedAt) };
}
