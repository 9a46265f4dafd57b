import { z } from 'zod';
import { noFields, nothing, operation } from '../operation.ts';
import { repositoriesAddress } from './addresses.ts';
import { hubRepositoryPath, hubTime, numberedPageOf, numberedPageQuery } from './shapes.ts';

const tag = 'Tags';
const address = `${repositoriesAddress}/{name}/tags`;
const tagPath = hubRepositoryPath.extend({ tag: z.string() });
const activity = z.enum(['active', 'inactive']);

const image = z.object({
  architecture: z.string(),
  features: z.string(),
  variant: z.string().nullable(),
  digest: z.string(),
  os: z.string().nullable(),
  os_features: z.string().nullable(),
  os_version: z.string().nullable(),
  size: z.int(),
  status: activity,
  last_pulled: hubTime,
  last_pushed: hubTime,
});

/** A client that knows its keys refuses others: each is here, and nothing may be added. */
const hubTag = z.object({
  creator: z.int(),
  id: z.int(),
  images: z.array(image),
  last_updated: hubTime,
  last_updater: z.int(),
  last_updater_username: z.string(),
  name: z.string(),
  repository: z.int(),
  full_size: z.int(),
  v2: z.boolean(),
  tag_status: activity,
  tag_last_pulled: hubTime,
  tag_last_pushed: hubTime,
  media_type: z.string(),
  content_type: z.enum([
    'image',
    'plugin',
    'helm',
    'volume',
    'wasm',
    'compose',
    'unrecognized',
    'model',
  ]),
  digest: z.string(),
});
export type HubTag = z.infer<typeof hubTag>;

export const hubTagOperations = {
  list: operation({
    id: 'hubListTags',
    method: 'GET',
    path: address,
    summary: 'Lists tags with their images, a page at a time.',
    tag,
    status: 200,
    params: hubRepositoryPath,
    query: numberedPageQuery.extend({
      name: z.string().max(128).optional(),
      ordering: z.enum(['last_updated', '-last_updated', 'name', '-name']).default('last_updated'),
    }),
    body: nothing,
    answer: numberedPageOf(hubTag),
  }),
  show: operation({
    id: 'hubShowTag',
    method: 'GET',
    path: `${address}/{tag}`,
    summary: 'Shows one tag.',
    tag,
    status: 200,
    params: tagPath,
    query: noFields,
    body: nothing,
    answer: hubTag,
  }),
  delete: operation({
    id: 'hubDeleteTag',
    method: 'DELETE',
    path: `${address}/{tag}`,
    summary: 'Deletes a tag; its images stay.',
    tag,
    status: 204,
    params: tagPath,
    query: noFields,
    body: nothing,
    answer: nothing,
  }),
};
