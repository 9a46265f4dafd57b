import { parseReference, systemClock } from '#kernel';
import { createRegistryClient, imageContent, putImage } from '#transfer';
import { type Person, testPassword } from './test-people.ts';
import type { TestServer } from './test-server.ts';

/** Whoever pushes, with the password that people of tests have, or a token in its place. */
type Pusher = Pick<Person, 'name'> & { readonly secret?: string };

/** Pushes an image of a config alone, a new one at each call, and gives its digest. */
export async function pushImage(
  { url }: Pick<TestServer, 'url'>,
  { name: username, secret: password = testPassword }: Pusher,
  name: string,
): Promise<string> {
  const [repository = '', tag = 'latest'] = name.split(':');
  const credential = { kind: 'password', username, password } as const;
  await using client = createRegistryClient({ registry: url, credential, clock: systemClock });
  const image = imageContent({ made: crypto.randomUUID() });
  await putImage(client.repository(repository), parseReference(tag), image);
  return image.manifest.descriptor.digest;
}
