/** An operation as the OpenAPI document of a server describes it. */
export interface DescribedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly tags: readonly string[];
  /** Who may call it. */
  readonly access: string;
}

interface Entry {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
}

export async function readOperations(url: string): Promise<readonly DescribedOperation[]> {
  const { paths } = (await (await fetch(`${url}/api/openapi.json`)).json()) as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId: id, summary, description, tags }]) => ({
      id,
      method: method.toUpperCase(),
      path,
      summary,
      tags,
      access: description.replace(/^May be called by /, '').replace(/\.$/, ''),
    })),
  );
}
