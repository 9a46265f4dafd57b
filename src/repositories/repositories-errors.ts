import { defineErrors } from '#kernel';

export const repositoriesErrors = defineErrors({
  REPOSITORY_UNKNOWN: 'there is no repository of that name that the caller may see',
  REPOSITORY_TAKEN: 'the namespace has a repository of that name already',
  NAMESPACE_UNKNOWN: 'there is no namespace of that name',
  DESCRIPTION_TOO_LONG: 'a short description has more characters than lists have room for',
  OVERVIEW_TOO_LONG: 'the page of a repository is longer than pages may be',
  VISIBILITY_FIXED: 'repositories of a system namespace can not be private',
  PATTERNS_INVALID: 'the patterns of immutable tags are too many, too long or no RE2 expressions',
  DENIED: 'a tag is immutable; spelled as the OCI specification does',
});

export type RepositoriesErrorCode = (typeof repositoriesErrors.codes)[number];
