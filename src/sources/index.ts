/**
 * sources: git repositories that builds come from, each known to its provider by a name of the
 * provider's own. Whoever hosts them is behind one contract, `Provider`. A hook or a push is only a
 * poke: the source is then asked for its refs, and what changed goes into the ref log, in one
 * transaction with whatever listens.
 */
export { createSources, type Sources, type SourcesOptions } from './create-sources.ts';
export type {
  CloneAccess,
  PointedRef,
  Provider,
  ProviderCapabilities,
  RefSnapshot,
} from './provider.ts';
export type { Providers } from './providers.ts';
export type { Delivery, RefChange, RefListener, SourceId } from './ref-changes.ts';
export type { DeliveryPage, KnownRef } from './ref-log-store.ts';
export type { Source, SourceName } from './source.ts';
export type { Poke } from './source-observer.ts';
export { type SourcesErrorCode, sourcesErrors } from './sources-errors.ts';
export { sourcesMigrations } from './sources-migrations.ts';
