/** For tests only: a whole server in this process, with people on it and clients for them. */

export { makeBuildable } from './buildable-repository.ts';
export { clusterEnvironment } from './cluster-environment.ts';
export { pushImage } from './push-image.ts';
export { type ServeProcess, startServeProcess } from './serve-process.ts';
export { pushSource } from './source-push.ts';
export { startBuild } from './started-build.ts';
export { temporaryFolder } from './temporary-folder.ts';
export { connectBuilder, type TestBuilder } from './test-builder.ts';
export { logIn, type Person, testPassword } from './test-people.ts';
export { startTestServer, type TestServer, type TestServerOptions } from './test-server.ts';
