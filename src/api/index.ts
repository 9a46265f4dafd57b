/**
 * api: the HTTP edges that are neither OCI nor git: Slipway's own API, the builder protocol and the
 * token service. Turns requests into calls of the domain rooms and their errors into statuses; holds
 * no rules of its own.
 */
export * from './token/index.ts';
