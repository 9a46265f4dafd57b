/** For tests only: a running git host and a git client, and a provider without git. */

export { type GitClient, openGitClient } from './git-client.ts';
export { MemoryProvider } from './memory-provider.ts';
export { RecordingListener } from './recording-listener.ts';
export { startTestGitHost, type TestGitHost, testPeople } from './test-git-host.ts';
