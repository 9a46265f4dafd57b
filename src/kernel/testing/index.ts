/** For tests only: a clock whose time passes when the test says so. */
export { TestClock } from './test-clock.ts';
