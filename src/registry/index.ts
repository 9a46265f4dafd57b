/**
 * registry: the OCI registry. Blobs, upload sessions, manifests, tags and stages behind one contract,
 * and the `/v2` edge that serves it. It knows no accounts and no builds: repositories are numbers,
 * callers are opaque subjects, and the rules of other rooms run inside its transactions through
 * `PublishRules`.
 */
export { createRegistry, type RegistryOptions } from './create-registry.ts';
export {
  createRegistryHandler,
  type RegistryHandlerOptions,
} from './http/create-registry-handler.ts';
export type * from './http/registry-access.ts';
export type { RegistryRequest } from './http/registry-request.ts';
export type * from './publish-rules.ts';
export type * from './registry.ts';
export { type RegistryErrorCode, registryErrors } from './registry-errors.ts';
export { registryMigrations } from './registry-migrations.ts';
