/**
 * api: the HTTP edges that are neither OCI nor git: Slipway's own API, the builder protocol and the
 * token service. Turns requests into calls of the domain rooms and their errors into statuses; holds
 * no rules of its own.
 */
export { type BuilderRoutesOptions, builderRoutes } from './builder/builder-routes.ts';
export { type ApiOptions, type ApiPart, createApi } from './create-api.ts';
export { accountRoutes } from './slipway/account-routes.ts';
export { buildConfigurationRoutes } from './slipway/build-configuration-routes.ts';
export { type BuildRooms, buildRoutes } from './slipway/build-routes.ts';
export { buildRuleRoutes } from './slipway/build-rule-routes.ts';
export { type BuildStreamOptions, buildStreamRoutes } from './slipway/build-stream-routes.ts';
export { repositoryRoutes } from './slipway/repository-routes.ts';
export * from './token/index.ts';
