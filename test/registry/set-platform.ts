import { createHash } from 'node:crypto';

export interface PlatformChange {
  /** `host:port`, over plain HTTP. */
  readonly host: string;
  readonly repository: string;
  /** A tag of an image with one platform. */
  readonly from: string;
  /** The tag that the changed image gets. */
  readonly to: string;
  /** `linux/arm64`. */
  readonly platform: string;
  /** The value of the Authorization header. */
  readonly authorization: string;
}

/** Pushes an image again as one of another platform, as a cross-compiled one would say. */
export async function setPlatform(change: PlatformChange): Promise<void> {
  const manifest = await get(change, `manifests/${change.from}`);
  const { config } = JSON.parse(manifest.text) as { config: { digest: string } };
  const [os, architecture] = change.platform.split('/');
  const stored = JSON.parse((await get(change, `blobs/${config.digest}`)).text) as object;
  const text = JSON.stringify({ ...stored, os, architecture });
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  await send(change, { method: 'POST', path: `blobs/uploads/?digest=${digest}`, body: text });
  const content = JSON.parse(manifest.text) as object;
  const body = JSON.stringify({ ...content, config: { ...config, digest, size: text.length } });
  await send(change, { method: 'PUT', path: `manifests/${change.to}`, body, type: manifest.type });
}

const accept = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

async function get({ host, repository, authorization }: PlatformChange, path: string) {
  const headers = { authorization, accept };
  const answer = await fetch(`http://${host}/v2/${repository}/${path}`, { headers });
  if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`);
  return { text: await answer.text(), type: answer.headers.get('content-type') ?? '' };
}

interface Upload {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: string;
  readonly type?: string;
}

async function send(
  { host, repository, authorization }: PlatformChange,
  { method, path, body, type = 'application/octet-stream' }: Upload,
): Promise<void> {
  const answer = await fetch(`http://${host}/v2/${repository}/${path}`, {
    method,
    body,
    headers: { authorization, 'content-type': type },
  });
  if (answer.status !== 201) throw new Error(`${path} was answered with ${answer.status}`);
}
