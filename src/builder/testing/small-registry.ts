import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { digestOf } from '#kernel';
import { readBody } from '#platform/http';

/** As much of a registry as a push and a pull by tag need, in memory. */
export class SmallRegistry {
  readonly blobs = new Map<string, Buffer>();
  /** `name:reference` → manifest. */
  readonly manifests = new Map<string, Buffer>();

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await readBody(request, 10_000_000);
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'manifests' && request.method === 'PUT') {
      this.manifests.set(`${name}:${reference}`, body);
      response.writeHead(201).end();
    } else if (kind === 'manifests') {
      this.#send(response, this.manifests.get(`${name}:${reference}`));
    } else if (kind === 'blobs' && request.method === 'POST') {
      response.writeHead(202, { location: `/v2/${name}/blobs/uploads/${randomUUID()}` }).end();
    } else if (kind === 'blobs' && request.method === 'PUT') {
      this.blobs.set(digestOf(body), body);
      response.writeHead(201).end();
    } else {
      this.#send(response, this.blobs.get(reference));
    }
  }

  tags(name: string): readonly string[] {
    return [...this.manifests.keys()]
      .filter((key) => key.startsWith(`${name}:`))
      .map((key) => key.slice(name.length + 1));
  }

  #send(response: ServerResponse, bytes: Buffer | undefined): void {
    if (bytes === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no"}]}');
      return;
    }
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  }
}
