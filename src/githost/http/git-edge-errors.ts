import { defineErrors } from '#kernel';

/** What can be wrong with a request before any repository is looked at. */
export const gitEdgeErrors = defineErrors({
  GIT_PATH_INVALID: 'the path has an encoded character, or names no repository of the git host',
  GIT_SERVICE_UNKNOWN: 'the path asks for something that the git host does not serve',
  GIT_LFS_UNSERVED: 'an LFS client asks for objects or locks, which the git host does not keep',
  GIT_METHOD_INVALID: 'the path is served with another method',
  GIT_UNAUTHENTICATED: 'the request needs a credential',
  GIT_TRIES_SPENT: 'too many wrong credentials came; detail says when to try again',
  GIT_PUSH_INVALID: 'the body of a push is none of the smart HTTP protocol',
  GIT_PUSH_REFUSED: 'a push is refused in the words that its client shows',
  GIT_BUSY: 'as many git processes run as may',
  GIT_DENIED: 'the caller may not do this here',
});

export type GitEdgeErrorCode = (typeof gitEdgeErrors.codes)[number];
