import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, Agent as HttpAgent, type Server } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import type { Logger } from '#platform/telemetry';
import type { Assignment } from '#protocol';
import { builderErrors } from '../builder-errors.ts';
import type { GatewayNames } from '../executor.ts';
import type { Agents } from './exchange.ts';
import { GatewayHandler, mostOpenRequests } from './gateway-handler.ts';
import { hubHosts } from './route-request.ts';
import type { UpstreamRegistry } from './upstream-registry.ts';

export interface GatewayOptions {
  readonly assignment: Pick<Assignment, 'token' | 'repository' | 'publicUrl' | 'source'>;
  readonly serverUrl: string;
  /** An existing folder that nobody but the builder may enter. */
  readonly folder: string;
  /** Names the gateway's own folder in it. */
  readonly id: string;
  readonly upstream: UpstreamRegistry;
  readonly notice: (text: string) => void;
  readonly logger: Logger;
}

/**
 * The way out of one sandbox: registry and git host answer behind a socket, and whoever can open the
 * socket has the attempt's rights, as long as the attempt lives. No credential is on the other side.
 */
export interface Gateway extends AsyncDisposable {
  /** Holds `gateway.sock` and nothing else. */
  readonly folder: string;
  readonly names: GatewayNames;
}

/** Throws `GATEWAY_FAILED` when the socket can't be made. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const folder = join(options.folder, options.id);
  const publicUrl = new URL(options.assignment.publicUrl);
  const agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  };
  const server = createGatewayServer(options, publicUrl, agents);
  await listen(server, folder);
  return {
    folder,
    names: {
      publicHost: publicUrl.host,
      publicScheme: publicUrl.protocol === 'https:' ? 'https' : 'http',
      aliases: hubHosts,
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      agents.http.destroy();
      agents.https.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function createGatewayServer(options: GatewayOptions, publicUrl: URL, agents: Agents): Server {
  const { assignment, upstream, notice, logger } = options;
  const [namespace = ''] = assignment.repository.split('/');
  const scope = { publicHost: publicUrl.host, namespace, sourcePath: assignment.source.path };
  const serverUrl = new URL(options.serverUrl);
  const slipway = { serverUrl, publicHost: publicUrl.host, token: assignment.token, agents };
  const handler = new GatewayHandler({ scope, slipway, upstream, notice, logger });
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    void handler.handle(request, response);
  });
  server.timeout = 0;
  server.maxConnections = mostOpenRequests;
  return server;
}

/** Longer paths of sockets are cut off by the system. */
const longestSocketPath = 100;

/** The socket is the builder's own; the executor opens it for the sandbox's user. */
async function listen(server: Server, folder: string): Promise<void> {
  const path = join(folder, 'gateway.sock');
  if (path.length > longestSocketPath) {
    throw builderErrors.fail(
      'GATEWAY_FAILED',
      `the path ${path} is too long for a socket: give the builder a folder with a shorter path`,
    );
  }
  try {
    await mkdir(folder, { mode: 0o700 });
    server.listen(path);
    await once(server, 'listening');
  } catch (error) {
    throw builderErrors.fail('GATEWAY_FAILED', `the socket ${path} could not be made`, {
      cause: error,
    });
  }
}
