import { createHash } from 'node:crypto';
import type { Person } from './test-people.ts';
import type { TestServer } from './test-server.ts';

const mediaType = 'application/vnd.oci.image.manifest.v1+json';

/** Pushes an image of a config alone, a new one at each call, and gives its digest. */
export async function pushImage(
  { url }: Pick<TestServer, 'url'>,
  { basic: authorization }: Pick<Person, 'basic'>,
  image: string,
): Promise<string> {
  const [name = '', tag = 'latest'] = image.split(':');
  const config = Buffer.from(JSON.stringify({ made: crypto.randomUUID() }));
  const headers = { authorization };
  const started = await fetch(`${url}/v2/${name}/blobs/uploads/?digest=${digestOf(config)}`, {
    method: 'POST',
    headers,
    body: config,
  });
  if (started.status !== 201) throw new Error(`the config was answered with ${started.status}`);
  const manifest = Buffer.from(JSON.stringify(manifestOf(config)));
  const put = await fetch(`${url}/v2/${name}/manifests/${tag}`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': mediaType },
    body: manifest,
  });
  if (put.status !== 201) throw new Error(`the manifest was answered with ${put.status}`);
  return digestOf(manifest);
}

function manifestOf(config: Buffer) {
  const type = 'application/vnd.oci.image.config.v1+json';
  return {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: type, digest: digestOf(config), size: config.length },
    layers: [],
  };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
