import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { mediaTypes } from '#kernel';
import { digestOf } from '#platform/crypto';
import type { FakeImage } from './fake-image.ts';

/** A name as people write it: `app`, `ns/app:tag`, `localhost:5000/ns/app:tag`. */
export interface ImageName {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

/** Reads a name as Docker does: without a host it is Docker Hub's, without a tag `latest`. */
export function parseImageName(text: string): ImageName {
  const [first = '', ...others] = text.split('/');
  const hasHost = others.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const isHub = !hasHost || ['docker.io', 'index.docker.io'].includes(first);
  const path = hasHost ? others.join('/') : text;
  const colon = path.lastIndexOf(':');
  const repository = colon === -1 ? path : path.slice(0, colon);
  return {
    host: isHub ? 'registry-1.docker.io' : first,
    repository: isHub && !repository.includes('/') ? `library/${repository}` : repository,
    tag: colon === -1 ? 'latest' : path.slice(colon + 1),
  };
}

/** Pushes as a client inside a sandbox would: through the gateway, without a credential. */
export async function pushImage(
  gatewayPort: number,
  name: ImageName,
  image: FakeImage,
): Promise<void> {
  const send = (method: Call['method'], path: string, rest: Partial<Body> = {}) =>
    sendTo(gatewayPort, { method, path, host: name.host, ...rest });
  for (const blob of image.blobs) {
    const { location } = await send('POST', `/v2/${name.repository}/blobs/uploads/`);
    const target = new URL(location, 'http://gateway');
    target.searchParams.set('digest', digestOf(blob));
    const type = 'application/octet-stream';
    await send('PUT', target.pathname + target.search, { bytes: blob, type });
  }
  const path = `/v2/${name.repository}/manifests/${name.tag}`;
  await send('PUT', path, { bytes: image.manifest, type: mediaTypes.ociManifest });
}

interface Body {
  readonly bytes: Buffer;
  readonly type: string;
}

interface Call extends Partial<Body> {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly host: string;
}

async function sendTo(
  port: number,
  { method, path, host, bytes, type }: Call,
): Promise<{ readonly location: string }> {
  const headers = { host, ...(type === undefined ? {} : { 'content-type': type }) };
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  outgoing.end(bytes);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const { statusCode = 0 } = answer;
  const words = await text(answer);
  if (statusCode >= 300) throw new Error(`${statusCode}: ${words.slice(0, 500)}`);
  return { location: answer.headers.location ?? '' };
}
