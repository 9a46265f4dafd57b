import { createHash, randomBytes, randomInt } from 'node:crypto';
import { basicCredential } from './start-test-registry.ts';

/** What a server has said is kept. */
export interface Acknowledged {
  readonly blobs: Set<string>;
  readonly tags: Map<string, string>;
}

const mediaType = 'application/vnd.oci.image.manifest.v1+json';
const headers = { authorization: basicCredential() };

function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Pushes images of one random layer until the server is gone, and notes each acknowledgement. */
export async function pushUntilGone(host: string, acknowledged: Acknowledged): Promise<void> {
  const repository = `http://${host}/v2/team/app`;
  for (;;) {
    try {
      const layer = await pushBlob(repository, randomBytes(randomInt(1, 1_500_000)), acknowledged);
      await pushManifest(repository, layer, acknowledged);
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

async function pushBlob(
  repository: string,
  bytes: Buffer,
  { blobs }: Acknowledged,
): Promise<Descriptor> {
  const digest = sha256(bytes);
  const uploads = `${repository}/blobs/uploads/`;
  const last =
    randomInt(2) === 0 ? await pushWhole(uploads, bytes) : await pushChunks(uploads, bytes);
  if (last.status !== 201) throw new Error(`the blob was answered with ${last.status}`);
  blobs.add(digest);
  return { digest, size: bytes.length };
}

function pushWhole(uploads: string, bytes: Buffer): Promise<Response> {
  return send('POST', `${uploads}?digest=${sha256(bytes)}`, bytes);
}

async function pushChunks(uploads: string, bytes: Buffer): Promise<Response> {
  const started = await send('POST', uploads);
  const session = new URL(started.headers.get('location') ?? '', uploads);
  const middle = Math.floor(bytes.length / 2);
  for (const chunk of [bytes.subarray(0, middle), bytes.subarray(middle)]) {
    await send('PATCH', session.href, chunk);
  }
  session.searchParams.set('digest', sha256(bytes));
  return send('PUT', session.href);
}

async function pushManifest(
  repository: string,
  layer: Descriptor,
  { tags }: Acknowledged,
): Promise<void> {
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', ...layer };
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] }));
  const tag = `t-${layer.digest.slice(7, 27)}`;
  const { status } = await send('PUT', `${repository}/manifests/${tag}`, body);
  if (status !== 201) throw new Error(`the manifest was answered with ${status}`);
  tags.set(tag, sha256(body));
}

function send(method: string, url: string, body?: Uint8Array): Promise<Response> {
  const content = body === undefined ? {} : { body: new Uint8Array(body) };
  return fetch(url, { method, headers: { ...headers, 'content-type': mediaType }, ...content });
}

/** The digest of what the server gives for a path of the repository now, or its status. */
export async function readBack(host: string, path: string): Promise<string | number> {
  const response = await fetch(`http://${host}/v2/team/app/${path}`, { headers });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return response.ok ? sha256(bytes) : response.status;
}
