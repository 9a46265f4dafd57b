import { repositoryOperations as operations, type Repository } from '#protocol';
import type { Registry, TagEntry } from '#registry';
import type { Immutability, Repositories, Repository as StoredRepository } from '#repositories';
import type { Route } from '../kit/route.ts';
import { anybody } from './admission.ts';
import { askedByRoom, repositoryIn } from './asked-by-room.ts';
import { listRoute, route } from './route.ts';
import { instantText, optionalInstant } from './wire-instant.ts';

/** Repositories and their tags. */
export function repositoryRoutes(repositories: Repositories, registry: Registry): readonly Route[] {
  return [
    route(operations.create, askedByRoom('createRepository'), async ({ principal, body }) => {
      const { name, description, isPrivate } = body;
      const wanted = { name, description, ...(isPrivate === undefined ? {} : { isPrivate }) };
      return repositoryAnswer(await repositories.create(principal, wanted));
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
    route(operations.show, askedByRoom('viewRepository'), async ({ principal, params }) =>
      repositoryAnswer(await repositories.show(principal, repositoryIn(params))),
    ),
    route(operations.update, askedByRoom('editRepository'), async ({ principal, params, body }) => {
      const { immutability, isPrivate, description } = body;
      const updated = await repositories.update(principal, repositoryIn(params), {
        ...(isPrivate === undefined ? {} : { isPrivate }),
        ...(description === undefined ? {} : { description }),
        ...(immutability === undefined ? {} : { immutability: { patterns: [], ...immutability } }),
      });
      return repositoryAnswer(updated);
    }),
    listRoute(
      operations.listTags,
      askedByRoom('viewRepository'),
      async ({ principal, params, page: { after = '', take } }) => {
        const { id } = await repositories.show(principal, repositoryIn(params));
        const tags = await registry.tags.entries(id, { after, limit: take });
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
