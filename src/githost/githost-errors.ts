import { defineErrors } from '#kernel';

export const githostErrors = defineErrors({
  GIT_REPOSITORY_UNKNOWN: 'there is no such git repository, or the caller may not see it',
  GIT_REFS_UNREADABLE: 'the refs of a git repository can not be read',
  GIT_FAILED: 'the git program is missing or failed, or the folder can not be written',
});

export type GithostErrorCode = (typeof githostErrors.codes)[number];
