import { z } from 'zod';
import { noFields, nothing, operation } from '../operation.ts';
import { repositoriesAddress } from './addresses.ts';
import {
  hubFlag,
  hubRepositoryPath,
  hubTime,
  numberedPageOf,
  numberedPageQuery,
} from './shapes.ts';

const tag = 'Repositories';
const address = `${repositoriesAddress}/{name}`;
/** 25,000 characters of four bytes each, three times as many in a form. */
const limitBytes = 512 * 1024;

/** A client that knows its keys refuses others: each is here, and nothing may be added. */
export const hubRepository = z.object({
  user: z.string(),
  name: z.string(),
  namespace: z.string(),
  repository_type: z.enum(['image']).nullable(),
  status: z.int(),
  status_description: z.string(),
  description: z.string(),
  is_private: z.boolean(),
  is_automated: z.boolean(),
  star_count: z.int(),
  pull_count: z.int(),
  last_updated: hubTime,
  last_modified: hubTime,
  date_registered: hubTime,
  collaborator_count: z.int(),
  affiliation: z.string().nullable(),
  hub_user: z.string().nullable(),
  has_starred: z.boolean(),
  permissions: z.object({ read: z.boolean(), write: z.boolean(), admin: z.boolean() }),
  media_types: z.array(z.string()),
  content_types: z.array(z.string()),
  categories: z.array(z.object({ name: z.string(), slug: z.string() })),
  immutable_tags_settings: z.object({ enabled: z.boolean(), rules: z.array(z.string()) }),
  storage_size: z.int(),
  source: z.string().nullable(),
});
/** One that was asked for by itself. */
const hubRepositoryInFull = hubRepository.extend({ full_description: z.string() });
export type HubRepository = z.infer<typeof hubRepository>;

export const hubRepositoryOrders = [
  'name',
  '-name',
  'last_updated',
  '-last_updated',
  'pull_count',
  '-pull_count',
] as const;

const description = z.string().max(100);
const full_description = z.string().max(25_000);

export const hubRepositoryOperations = {
  list: operation({
    id: 'hubListRepositories',
    method: 'GET',
    path: repositoriesAddress,
    summary: 'Lists the repositories of a namespace that you may see.',
    tag,
    status: 200,
    params: z.object({ namespace: z.string() }),
    query: numberedPageQuery.extend({
      name: z.string().max(255).optional(),
      ordering: z.enum(hubRepositoryOrders).default('last_updated'),
    }),
    body: nothing,
    answer: numberedPageOf(hubRepository),
  }),
  create: operation({
    id: 'hubCreateRepository',
    method: 'POST',
    path: repositoriesAddress,
    summary: 'Creates a repository.',
    tag,
    status: 201,
    params: z.object({ namespace: z.string() }),
    query: noFields,
    body: z.object({
      name: z.string().max(255),
      namespace: z.string().max(255).optional(),
      description: description.optional(),
      full_description: full_description.optional(),
      is_private: hubFlag.optional(),
    }),
    limitBytes,
    answer: hubRepositoryInFull,
  }),
  show: operation({
    id: 'hubShowRepository',
    method: 'GET',
    path: address,
    summary: 'Shows one repository.',
    tag,
    status: 200,
    params: hubRepositoryPath,
    query: noFields,
    body: nothing,
    answer: hubRepositoryInFull,
  }),
  update: operation({
    id: 'hubUpdateRepository',
    method: 'PATCH',
    path: address,
    summary: 'Changes descriptions and immutable tags; what is left out stays.',
    tag,
    status: 200,
    params: hubRepositoryPath,
    query: noFields,
    body: z.object({
      description: description.optional(),
      full_description: full_description.optional(),
      immutable_tags: hubFlag.optional(),
      /** Joined by commas. */
      immutable_tags_rules: z.string().max(2_000).optional(),
      /** Hub archives with 0, which is refused here instead of ignored. */
      status: z.coerce
        .number()
        .refine((status) => status === 1, 'repositories can not be archived')
        .optional(),
    }),
    limitBytes,
    answer: hubRepositoryInFull,
  }),
  delete: operation({
    id: 'hubDeleteRepository',
    method: 'DELETE',
    path: address,
    summary: 'Deletes a repository with all its images.',
    tag,
    status: 202,
    params: hubRepositoryPath,
    query: noFields,
    body: nothing,
    answer: nothing,
  }),
  setImmutableTags: operation({
    id: 'hubSetImmutableTags',
    method: 'PATCH',
    path: `${address}/immutabletags`,
    summary: 'Says which tags stay as they are.',
    tag,
    status: 200,
    params: hubRepositoryPath,
    query: noFields,
    body: z.object({
      immutable_tags: hubFlag,
      immutable_tags_rules: z.array(z.string().max(1_000)).max(100),
    }),
    answer: hubRepositoryInFull,
  }),
  setPrivacy: operation({
    id: 'hubSetPrivacy',
    method: 'POST',
    path: `${address}/privacy`,
    summary: 'Makes a repository private or public.',
    tag,
    status: 200,
    params: hubRepositoryPath,
    query: noFields,
    body: z.object({ is_private: hubFlag }),
    answer: hubRepositoryInFull,
  }),
};
