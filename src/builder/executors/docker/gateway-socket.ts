import { once } from 'node:events';
import { constants } from 'node:fs';
import { chmod, mkdir, open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { SandboxGateway } from '../../executor.ts';
import { imagePlaces } from '../../sandbox-image/image-layout.ts';

const { gatewaySocketName } = imagePlaces;

/** In a sandbox's own folder. */
export function gatewayFolderOf(sandboxFolder: string): string {
  return join(sandboxFolder, 'gateway');
}

/**
 * A socket in a folder of its own that leads to the gateway, for a sandbox to have mounted. The
 * sandbox's user is nobody on this side, so anybody may connect: the folder has to lie in one that
 * only the builder may enter. What is there already is never taken for it. Closed, it is gone.
 */
export async function openGatewaySocket(
  folder: string,
  gateway: SandboxGateway,
): Promise<AsyncDisposable> {
  await mkdir(folder, { mode: 0o700 });
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  // As http's own servers do it, which know what to make of a client that has said all it has to say.
  const server = createServer({ allowHalfOpen: true }, (socket) => gateway.accept(socket));
  try {
    // Paths of sockets end after 107 bytes: this one is short, wherever the folder lies.
    server.listen(`/proc/self/fd/${handle.fd}/${gatewaySocketName}`);
    await once(server, 'listening');
    await chmod(join(folder, gatewaySocketName), 0o666);
    await chmod(folder, 0o711);
  } catch (error) {
    server.close();
    await handle.close();
    throw error;
  }
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      await handle.close();
    },
  };
}
