/** Slipway's own API below `/api/v1`, one declaration an operation. */
export * from './accounts.ts';
export * from './build-configuration.ts';
export * from './builds.ts';
export * from './repositories.ts';
export { type Problem, problem } from './shapes.ts';
