/** For tests only: a clock that stands still, and an identity room with cheap passwords. */
export { ManualClock } from './manual-clock.ts';
export { openTestCredentials, type TestCredentials, testPassword } from './test-credentials.ts';
