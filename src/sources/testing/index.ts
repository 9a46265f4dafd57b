/** For tests only: a provider in memory, the suite that every provider passes, a listener. */
export { MemoryProvider } from './memory-provider.ts';
export { type ProviderFixture, providerContract } from './provider-contract.ts';
export { RecordingListener } from './recording-listener.ts';
