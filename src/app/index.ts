/**
 * app: the composition root. Configuration becomes rooms, rooms become the roles of the program: a
 * server, or a builder. The only place that knows which rooms there are.
 */
export { migrations } from './migrations.ts';
export { type BuilderProcessOptions, runBuilderProcess } from './run-builder-process.ts';
export { runServer } from './run-server.ts';
export { type RunningServer, type ServerOptions, startServer } from './start-server.ts';
