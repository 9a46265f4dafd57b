/**
 * client: talks to a Slipway server over HTTP, typed by the declarations of `protocol`. What comes
 * back is checked before anybody uses it; what keeps an answer away says what to do about it. Speaks
 * `fetch` alone, so that a browser, the command line and the builder share it.
 */
export { ApiError } from './api-error.ts';
export { clientErrors } from './client-errors.ts';
export { operationUrl, parseServerUrl } from './operation-url.ts';
export { parseAnswer, readRefusal, readText } from './read-answer.ts';
export { type Answer, type SendOptions, sendRequest } from './send-request.ts';
export {
  createSlipwayClient,
  type SlipwayClient,
  type SlipwayClientOptions,
} from './slipway-client.ts';
