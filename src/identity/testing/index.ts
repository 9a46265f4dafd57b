/** For tests only: a clock that stands still, and an identity room with cheap passwords. */
export { ManualClock } from './manual-clock.ts';
export { openTestIdentity, type TestIdentity, testPassword } from './test-identity.ts';
