import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { SandboxGateway } from '../../executor.ts';

export interface GatewayPort extends AsyncDisposable {
  readonly port: number;
}

/** Leads programs of this host to a sandbox's gateway: a port on its loopback address. */
export async function openGatewayPort(
  gateway: Pick<SandboxGateway, 'accept'>,
): Promise<GatewayPort> {
  const server = createServer({ allowHalfOpen: true }, (socket) => gateway.accept(socket));
  server.unref();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}
