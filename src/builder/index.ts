/**
 * builder: the worker. Takes attempts from a server over the builder protocol, runs each in a sandbox
 * of its own (clone, hooks, build, test, push), streams logs, and keeps nothing. A foreign program
 * that ships in the same package: whatever it knows of the server came over HTTP.
 */
export { type BuilderErrorCode, builderErrors } from './builder-errors.ts';
export type {
  CommandResult,
  Executor,
  ExecutorFacts,
  GatewayNames,
  NetworkPolicy,
  OutputStream,
  Sandbox,
  SandboxCommand,
  SandboxGateway,
  SandboxLimits,
  SandboxSpec,
} from './executor.ts';
export {
  createDockerExecutor,
  type DockerExecutorOptions,
} from './executors/docker/docker-executor.ts';
export {
  type BaseImageOptions,
  importBaseImage,
  makeBaseImage,
} from './executors/docker/image/base-image.ts';
export { isImageRegistryReachable } from './executors/docker/image/registry-probe.ts';
export { createFakeExecutor, type FakeExecutorOptions } from './executors/fake/fake-executor.ts';
export type { Misbehaviour } from './executors/fake/misbehaviour.ts';
export { createUpstreamRegistry, type UpstreamRegistry } from './gateway/upstream-registry.ts';
export { listenToProcess, type ProcessSignals, type SignalSource } from './process-signals.ts';
export { type BuilderOptions, defaultSandboxLimits, runBuilder } from './run-builder.ts';
export type { AttemptClient } from './server/attempt-client.ts';
export {
  type BuilderClient,
  type BuilderClientOptions,
  createBuilderClient,
} from './server/builder-client.ts';
