import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

export interface SocketBridge extends AsyncDisposable {
  readonly port: number;
}

/** Lets programs that know TCP only reach a unix socket, from this host alone. */
export async function openSocketBridge(socketPath: string): Promise<SocketBridge> {
  const server = createServer((client) => {
    const gateway = connect(socketPath);
    client.pipe(gateway).pipe(client);
    client.on('error', () => gateway.destroy());
    gateway.on('error', () => client.destroy());
  });
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
