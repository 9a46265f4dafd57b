/**
 * client: talks to a Slipway server over HTTP, typed by the declarations of `protocol`. What comes
 * back is checked before anybody uses it; what keeps an answer away says what to do about it.
 */
export { ApiError } from './api-error.ts';
export {
  type AttemptClient,
  type BuilderClient,
  type BuilderClientOptions,
  createBuilderClient,
} from './builder-client.ts';
export { clientErrors } from './client-errors.ts';
export type { FollowOptions } from './follow-build.ts';
export {
  createSlipwayClient,
  type SlipwayClient,
  type SlipwayClientOptions,
} from './slipway-client.ts';
