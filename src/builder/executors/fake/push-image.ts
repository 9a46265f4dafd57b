import { parseReference, systemClock } from '#kernel';
import { createRegistryClient, type ImageContent, putImage } from '#transfer';
import type { ImageName } from './image-name.ts';

/** Pushes as a client inside a sandbox would: through the gateway, without a credential. */
export async function pushImage(
  gatewayPort: number,
  { host, repository, tag }: ImageName,
  image: ImageContent,
): Promise<void> {
  await using client = createRegistryClient({
    registry: `http://${host}`,
    gateway: { host: '127.0.0.1', port: gatewayPort },
    clock: systemClock,
  });
  await putImage(client.repository(repository), parseReference(tag), image);
}
