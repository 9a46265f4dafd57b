/**
 * githost: the embedded git host. Bare repositories in a folder of the server, and `/git/`, where
 * people push to them and builds clone them. Knows no sources and no builds: who may do what, and what
 * follows from a push, are ports.
 */
export {
  createGitHost,
  type GitHost,
  type GitHostOptions,
  type GitRefs,
} from './create-git-host.ts';
export type { GitRepository, GitRepositoryId } from './git-repository.ts';
export { type GithostErrorCode, githostErrors } from './githost-errors.ts';
export { githostMigrations } from './githost-migrations.ts';
export {
  createGitHandler,
  type GitHandlerOptions,
  type GitLimits,
} from './http/create-git-handler.ts';
export type {
  FirstPush,
  FirstPushOutcome,
  GitAccess,
  GitAccessDecision,
  GitAccessRequest,
  GitAction,
} from './http/git-access.ts';
export { gitRepositoryPath } from './http/git-request.ts';
export type { Push } from './http/take-push.ts';
export type { GitRef } from './repositories/read-refs.ts';
