/**
 * sources: git repositories that builds come from, behind one contract, `Provider`, with the embedded
 * git host as its driver. A hook or a push is only a poke: the source is then asked for its refs, and
 * what changed goes into the ref log, in one transaction with whatever listens.
 */
export { createSources, type Sources, type SourcesOptions } from './create-sources.ts';
export { createGitHandler, type GitHandlerOptions } from './http/create-git-handler.ts';
export type {
  GitAccess,
  GitAccessDecision,
  GitAccessRequest,
  GitAction,
} from './http/git-access.ts';
export type { PointedRef, Provider, RefSnapshot } from './provider.ts';
export type { Delivery, RefChange, RefListener, SourceId } from './ref-changes.ts';
export type { DeliveryPage, KnownRef } from './ref-log-store.ts';
export type { Source } from './source.ts';
export type { Poke } from './source-observer.ts';
export { type SourcesErrorCode, sourcesErrors } from './sources-errors.ts';
export { sourcesMigrations } from './sources-migrations.ts';
