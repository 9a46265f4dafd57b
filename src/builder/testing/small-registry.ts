import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { digestOf } from '#platform/crypto';
import { readBody } from '#platform/http';

interface Stored {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** As much of a registry as pushes and pulls need, in memory. */
export class SmallRegistry {
  readonly #blobs = new Map<string, Stored>();
  /** `name:reference` → manifest. */
  readonly #manifests = new Map<string, Stored>();

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const bytes = await readBody(request, 100_000_000);
    const mediaType = request.headers['content-type'] ?? 'application/octet-stream';
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'manifests' && request.method === 'PUT') {
      this.#manifests.set(`${name}:${reference}`, { bytes, mediaType });
      this.#manifests.set(`${name}:${digestOf(bytes)}`, { bytes, mediaType });
      response.writeHead(201, { 'docker-content-digest': digestOf(bytes) }).end();
    } else if (kind === 'manifests') {
      this.#send(response, this.#manifests.get(`${name}:${reference}`));
    } else if (kind === 'blobs' && request.method === 'POST') {
      response.writeHead(202, { location: `/v2/${name}/blobs/uploads/${randomUUID()}` }).end();
    } else if (kind === 'blobs' && request.method === 'PUT') {
      this.#blobs.set(digestOf(bytes), { bytes, mediaType });
      response.writeHead(201, { 'docker-content-digest': digestOf(bytes) }).end();
    } else {
      this.#send(response, this.#blobs.get(reference));
    }
  }

  tags(name: string): readonly string[] {
    return [...this.#manifests.keys()]
      .filter((key) => key.startsWith(`${name}:`))
      .map((key) => key.slice(name.length + 1))
      .filter((reference) => !reference.includes(':'));
  }

  #send(response: ServerResponse, stored: Stored | undefined): void {
    if (stored === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"not here"}]}');
      return;
    }
    const { bytes, mediaType } = stored;
    response.writeHead(200, {
      'content-type': mediaType,
      'content-length': bytes.length,
      'docker-content-digest': digestOf(bytes),
    });
    response.end(bytes);
  }
}
