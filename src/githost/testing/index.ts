/** For tests only: a git host that listens, and a real git client. */
export { openGitClient } from './git-client.ts';
export { startTestGitHost, type TestGitHost } from './test-git-host.ts';
