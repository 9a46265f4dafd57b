/**
 * What tests and the demo need on a Debian or Ubuntu machine: each a `Step` that says what it
 * brings, probes whether it is there, and installs it. `setUp` runs them; engines that run beside
 * the tests are started by `start…` and end with the value it gives.
 */
export { crane } from './crane.ts';
export { curlAndJq } from './curl-and-jq.ts';
export { dockerEngine } from './docker-engine.ts';
export { git } from './git.ts';
export { gitLfs } from './git-lfs.ts';
export { mmdebstrap } from './mmdebstrap.ts';
export { postgresql } from './postgresql.ts';
export { setUp } from './set-up.ts';
export { SetUpFailure } from './set-up-failure.ts';
export { skopeo } from './skopeo.ts';
export { startDockerEngine } from './start-docker-engine.ts';
export { startPostgresCluster } from './start-postgres-cluster.ts';
