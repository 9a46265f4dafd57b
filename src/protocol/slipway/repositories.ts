import { z } from 'zod';
import { noFields, nothing, operation } from '../operation.ts';
import { instant, pageOf, pageQuery, repositoryPath } from './shapes.ts';

const tag = 'Repositories';

/** Which tags can't be pointed elsewhere once they exist. */
export const immutability = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('all_mutable') }),
  z.object({ mode: z.literal('all_immutable') }),
  z.object({ mode: z.literal('patterns'), patterns: z.array(z.string()).min(1).max(5) }),
]);

export const repository = z.object({
  name: z.string(),
  isPrivate: z.boolean(),
  description: z.string(),
  immutability,
  createdAt: instant,
  lastPushedAt: instant.optional(),
});
export type Repository = z.infer<typeof repository>;

export const tagEntry = z.object({ tag: z.string(), digest: z.string(), movedAt: instant });
export type TagEntry = z.infer<typeof tagEntry>;

export const repositoryOperations = {
  create: operation({
    id: 'createRepository',
    method: 'POST',
    path: '/repositories',
    summary: 'Creates a repository. The first push to a new name does the same.',
    tag,
    status: 201,
    params: noFields,
    query: noFields,
    body: z.object({
      name: z.string().max(255),
      isPrivate: z.boolean().optional(),
      description: z.string().max(100).default(''),
    }),
    answer: repository,
  }),
  list: operation({
    id: 'listRepositories',
    method: 'GET',
    path: '/repositories',
    summary: 'Lists the repositories that you may see, by name.',
    tag,
    status: 200,
    params: noFields,
    query: pageQuery.extend({ namespace: z.string().optional() }),
    body: nothing,
    answer: pageOf(repository),
  }),
  show: operation({
    id: 'showRepository',
    method: 'GET',
    path: '/repositories/{namespace}/{name}',
    summary: 'Shows one repository.',
    tag,
    status: 200,
    params: repositoryPath,
    query: noFields,
    body: nothing,
    answer: repository,
  }),
  update: operation({
    id: 'updateRepository',
    method: 'PATCH',
    path: '/repositories/{namespace}/{name}',
    summary: 'Changes privacy, description or immutability; what is left out stays.',
    tag,
    status: 200,
    params: repositoryPath,
    query: noFields,
    body: z.object({
      isPrivate: z.boolean().optional(),
      description: z.string().max(100).optional(),
      immutability: immutability.optional(),
    }),
    answer: repository,
  }),
  listTags: operation({
    id: 'listTags',
    method: 'GET',
    path: '/repositories/{namespace}/{name}/tags',
    summary: 'Lists tags and what they point to, sorted by name.',
    tag,
    status: 200,
    params: repositoryPath,
    query: pageQuery,
    body: nothing,
    answer: pageOf(tagEntry),
  }),
};
