/**
 * protocol: the shapes that programs of Slipway say to each other over HTTP, as schemas: the builder
 * protocol and Slipway's own API. The server's edges check what comes in with them, `client` checks
 * what comes back, and both get their types from here. Imports kernel only.
 */
export * from './builder-protocol.ts';
export { type Operation, operation } from './operation.ts';
export * from './slipway/index.ts';
