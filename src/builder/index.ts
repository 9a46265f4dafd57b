/**
 * builder: the worker. Takes attempts from a server over the builder protocol, runs each in a sandbox
 * of its own (clone, hooks, build, test, push), streams logs, and keeps nothing. A foreign program
 * that ships in the same package: whatever it knows of the server came over HTTP.
 */
export type { BuilderCondition } from './builder-condition.ts';
export type { Executor } from './executor.ts';
export { createDockerExecutor } from './executors/docker/docker-executor.ts';
export { importBaseImage, makeBaseImage } from './executors/docker/image/base-image.ts';
export { isImageRegistryReachable } from './executors/docker/image/registry-probe.ts';
export { createFakeExecutor } from './executors/fake/fake-executor.ts';
export { listenToProcess } from './process-signals.ts';
export { runBuilder } from './run-builder.ts';
export type { AttemptClient } from './server/attempt-client.ts';
export { createBuilderClient } from './server/builder-client.ts';
