/**
 * protocol: the shapes that programs of Slipway say to each other over HTTP, as schemas: the builder
 * protocol, Slipway's own API and Docker Hub's. The server's edges check what comes in with them, `client` checks
 * what comes back, and both get their types from here. Imports kernel only.
 */
export { builderOperations } from './builder-operations.ts';
export * from './builder-protocol.ts';
export * from './hub/index.ts';
export * from './operation.ts';
export * from './slipway/index.ts';
