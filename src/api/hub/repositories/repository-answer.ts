import { namespaceOf } from '#kernel';
import type { HubRepository } from '#protocol';
import type { ContentSummary } from '#registry';
import type { Immutability, ViewedRepository } from '#repositories';
import { hubTimeText } from '../hub-time.ts';

export interface RepositorySetting {
  readonly contents: ContentSummary;
  /** As far as the one who looks may see that. */
  readonly isBuiltHere: boolean;
}

/** A repository with every key that Hub's has, and what there is nothing of here, such as stars, as none. */
export function repositoryAnswer(
  repository: ViewedRepository,
  { contents: { mediaTypes, contentTypes, storedBytes }, isBuiltHere }: RepositorySetting,
): HubRepository {
  const { name, lastPushedAt, createdAt, editedAt = createdAt } = repository;
  const namespace = namespaceOf(name);
  return {
    user: namespace,
    name: name.slice(namespace.length + 1),
    namespace,
    repository_type: mediaTypes.length === 0 ? null : 'image',
    status: 1,
    status_description: 'active',
    description: repository.description,
    is_private: repository.isPrivate,
    is_automated: isBuiltHere,
    star_count: 0,
    pull_count: 0,
    last_updated: hubTimeText(lastPushedAt),
    last_modified: hubTimeText(Math.max(editedAt, lastPushedAt ?? 0)),
    date_registered: hubTimeText(createdAt),
    collaborator_count: repository.collaborators,
    affiliation: null,
    hub_user: null,
    has_starred: false,
    permissions: repository.permissions,
    media_types: [...mediaTypes],
    content_types: [...contentTypes],
    categories: [],
    immutable_tags_settings: settingsOf(repository.immutability),
    storage_size: storedBytes,
    source: null,
  };
}

function settingsOf({ mode, patterns }: Immutability): HubRepository['immutable_tags_settings'] {
  if (mode === 'all_immutable') return { enabled: true, rules: [everyTag] };
  return { enabled: mode === 'patterns', rules: [...patterns] };
}

/** How Hub says that all tags are immutable. */
export const everyTag = '.*';
