/**
 * The edge where registry tokens are given out, Docker's way: `/token`, and the challenge that sends
 * clients there.
 */
export {
  type ChallengeDetail,
  registryChallenge,
  registryServiceOf,
} from './registry-challenge.ts';
export { createTokenHandler, type TokenHandlerOptions } from './token-handler.ts';
