/**
 * api: the HTTP edges that are neither OCI nor git, one factory each: Slipway's own API, the builder
 * protocol, Docker Hub's API and the token service. Turns requests into calls of the domain rooms and
 * their errors into statuses; holds no rules of its own. `kit/` is what the first three are made with.
 */
export { type BuilderApiOptions, createBuilderApi } from './builder/create-builder-api.ts';
export { createHubApi, type HubApiOptions } from './hub/create-hub-api.ts';
export { createSlipwayApi, type SlipwayApiOptions } from './slipway/create-slipway-api.ts';
export * from './token/index.ts';
