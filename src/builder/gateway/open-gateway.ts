import { createServer, Agent as HttpAgent, type Server } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Logger } from '#platform/telemetry';
import type { Assignment } from '#protocol';
import type { SandboxGateway } from '../executor.ts';
import { ConnectionGate } from './connection-gate.ts';
import type { Agents } from './exchange.ts';
import { GatewayHandler } from './gateway-handler.ts';
import { hubHosts } from './route-request.ts';
import type { UpstreamRegistry } from './upstream-registry.ts';

export interface GatewayOptions {
  readonly assignment: Pick<Assignment, 'token' | 'repository' | 'publicUrl' | 'source'>;
  readonly serverUrl: string;
  readonly upstream: UpstreamRegistry;
  readonly notice: (text: string) => void;
  readonly logger: Logger;
}

/**
 * The way out of one sandbox: registry and git host answer on every connection that is handed over,
 * with the attempt's rights, as long as the attempt lives. No credential is on the other side.
 */
export type Gateway = SandboxGateway & Disposable;

export function openGateway(options: GatewayOptions): Gateway {
  const publicUrl = new URL(options.assignment.publicUrl);
  const agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  };
  const gate = new ConnectionGate(createGatewayServer(options, publicUrl, agents));
  return {
    names: {
      publicHost: publicUrl.host,
      publicScheme: publicUrl.protocol === 'https:' ? 'https' : 'http',
      aliases: hubHosts,
    },
    accept: (connection) => gate.accept(connection),
    [Symbol.dispose]: () => {
      gate.close();
      agents.http.destroy();
      agents.https.destroy();
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
  return server;
}
