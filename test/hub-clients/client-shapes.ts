import { z } from 'zod';

/*
 * What each client takes, as it was recorded of it. hub-mcp's host refuses a key too many and its server one
 * that is missing; programs in Go refuse another type, and take null and what they don't know.
 */

const text = z.string();
const whole = z.int();
const goTime = z.iso.datetime({ offset: true }).nullable();

/** A program in Go: each field may be absent or null, and has its type where it is there. */
function goStruct<Shape extends z.ZodRawShape>(shape: Shape) {
  const lax = Object.entries(shape).map(([key, type]) => [key, (type as z.ZodType).nullish()]);
  return z.looseObject(Object.fromEntries(lax));
}

function pageOf(item: z.ZodType) {
  return z.strictObject({
    count: whole,
    next: text.nullable(),
    previous: text.nullable(),
    results: z.array(item),
  });
}

const settings = z.strictObject({ enabled: z.boolean(), rules: z.array(text) });
const permissions = z.strictObject({ read: z.boolean(), write: z.boolean(), admin: z.boolean() });

/** hub-mcp lets fields be absent; they are there on Hub, so that none is asked for in vain. */
const mcpRepositoryShape = {
  name: text,
  namespace: text,
  repository_type: z.enum(['image', 'docker engine plugin']).nullable(),
  immutable_tags_settings: settings,
  is_private: z.boolean(),
  status: z.number(),
  status_description: text,
  description: text.nullable(),
  star_count: z.number(),
  pull_count: z.number(),
  last_updated: text.nullable(),
  last_modified: text.nullable(),
  date_registered: text,
  affiliation: text.nullable(),
  media_types: z.array(text),
  content_types: z.array(text),
  categories: z.array(z.strictObject({ name: text, slug: text })),
  storage_size: z.number(),
  user: text,
  hub_user: text.nullable(),
  has_starred: z.boolean(),
  is_automated: z.boolean(),
  collaborator_count: z.number(),
  permissions,
  source: text.nullable(),
};
const mcpTag = z.strictObject({
  id: z.number(),
  images: z.array(
    z.strictObject({
      architecture: text,
      features: text,
      variant: text.nullish(),
      digest: text.nullable(),
      os: text.nullable(),
      os_features: text.nullable(),
      os_version: text.nullable(),
      size: z.number(),
      status: z.enum(['active', 'inactive']),
      last_pulled: text.nullable(),
      last_pushed: text.nullable(),
    }),
  ),
  creator: z.number(),
  last_updated: text.nullable(),
  last_updater: z.number(),
  last_updater_username: text,
  name: text,
  repository: z.number(),
  full_size: z.number(),
  v2: z.boolean(),
  tag_status: z.enum(['active', 'inactive']).nullable(),
  tag_last_pulled: text.nullable(),
  tag_last_pushed: text.nullable(),
  media_type: text.nullable(),
  content_type: z
    .enum(['image', 'plugin', 'helm', 'volume', 'wasm', 'compose', 'unrecognized', 'model'])
    .nullable(),
  digest: text.nullable(),
});

export const hubMcp = {
  repositories: pageOf(z.strictObject(mcpRepositoryShape)),
  repository: z.strictObject({ ...mcpRepositoryShape, full_description: text }),
  tags: pageOf(mcpTag),
  tag: mcpTag,
};

const goPageOf = (item: z.ZodType) =>
  goStruct({ count: whole, next: text, previous: text, results: z.array(item) });

export const hubTool = {
  user: goStruct({
    id: text,
    username: text,
    full_name: text,
    location: text,
    company: text,
    gravatar_email: text,
    gravatar_url: text,
    is_staff: z.boolean(),
    is_admin: z.boolean(),
    profile_url: text,
    date_joined: goTime,
    type: text,
  }),
  login: goStruct({ token: text, refresh_token: text }),
  repositories: goPageOf(
    goStruct({
      name: text,
      namespace: text,
      pull_count: whole,
      star_count: whole,
      repository_type: text,
      can_edit: z.boolean(),
      description: text,
      is_automated: z.boolean(),
      is_migrated: z.boolean(),
      is_private: z.boolean(),
      last_updated: goTime,
      status: whole,
      user: text,
    }),
  ),
  tags: goPageOf(
    goStruct({
      creator: whole,
      id: whole,
      name: text,
      image_id: text,
      last_updated: goTime,
      last_updater: whole,
      last_updater_username: text,
      repository: whole,
      full_size: whole,
      v2: z.boolean(),
      tag_last_pulled: goTime,
      tag_last_pushed: goTime,
      tag_status: text,
      images: z.array(
        goStruct({
          architecture: text,
          os: text,
          features: text,
          variant: text,
          digest: text,
          os_features: text,
          os_version: text,
          size: whole,
          last_pulled: goTime,
          last_pushed: goTime,
          status: text,
        }),
      ),
    }),
  ),
};

export const terraform = {
  /** Stored, so that each has to be there. */
  repository: z.looseObject({
    namespace: text,
    name: text,
    description: text,
    full_description: text,
    is_private: z.boolean(),
    pull_count: whole,
    immutable_tags_settings: z.looseObject({ enabled: z.boolean(), rules: z.array(text) }),
    status: whole,
    star_count: whole,
    last_updated: text.nullable(),
    date_registered: text,
    media_types: z.array(text),
    content_types: z.array(text),
    collaborator_count: whole,
    permissions: z.looseObject({ read: z.boolean(), write: z.boolean(), admin: z.boolean() }),
  }),
};

/** Strict times: a tag without one is dropped, and no update found. */
export const renovateTags = z.object({
  count: whole,
  next: text.nullish(),
  results: z.array(
    z.object({
      id: whole,
      name: text,
      last_updated: z.iso.datetime(),
      tag_last_pushed: z.iso.datetime().nullish(),
      digest: text.nullish(),
      images: z.array(z.object({ architecture: text.nullish(), digest: text.nullish() })),
    }),
  ),
});
