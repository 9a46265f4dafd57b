/**
 * sources: git repositories that builds come from, each known to its provider by a name of the
 * provider's own. Whoever hosts them is behind one contract, `Provider`. A hook or a push is only a
 * poke: it is kept as a delivery, a job then asks the source for its refs, and what changed goes into
 * the ref log, where whoever listens takes it up in steps, each change once.
 */
export { createSources, type Sources, type SourcesOptions } from './create-sources.ts';
export type { DeliveryPage } from './delivery-store.ts';
export type { Poke } from './looks/poke.ts';
export type {
  CloneAccess,
  PointedRef,
  Provider,
  ProviderCapabilities,
  RefSnapshot,
} from './provider.ts';
export type { Providers } from './providers.ts';
export type {
  ChangesToTake,
  Delivery,
  RefChange,
  RefListener,
  SourceId,
} from './ref-changes.ts';
export { type KnownRef, wasDeletedSince } from './ref-log-store.ts';
export type { Source, SourceName } from './source.ts';
export { putSource, requireSource } from './source-store.ts';
export { type SourcesErrorCode, sourcesErrors } from './sources-errors.ts';
export { sourcesMigrations } from './sources-migrations.ts';
