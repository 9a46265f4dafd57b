import { Agent, buildConnector } from 'undici';
import { parseReference, systemClock } from '#kernel';
import { createRegistryClient, type ImageContent, putImage } from '#transfer';
import type { ImageName } from './image-name.ts';

/** Pushes as a client inside a sandbox would: through the gateway, without a credential. */
export async function pushImage(
  gatewayPort: number,
  { host, repository, tag }: ImageName,
  image: ImageContent,
): Promise<void> {
  const connect = buildConnector({});
  const gateway = { hostname: '127.0.0.1', port: String(gatewayPort) };
  const dispatcher = new Agent({
    connect: (options, callback) => connect({ ...options, ...gateway }, callback),
  });
  const registry = `http://${host}`;
  await using client = createRegistryClient({ registry, dispatcher, clock: systemClock });
  try {
    await putImage(client.repository(repository), parseReference(tag), image);
  } finally {
    await dispatcher.close();
  }
}
