/** For tests only: the room with cheap passwords. */
export { openTestCredentials, type TestCredentials, testPassword } from './test-credentials.ts';
