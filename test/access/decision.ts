/**
 * What became of a request: `in`, the server went on to do what was asked; `login`, it wants another
 * credential; `no`, the caller is known and may not; `none`, there is nothing that the caller may see.
 */
export type Decision = 'in' | 'login' | 'no' | 'none';

const codesOfNothing: ReadonlySet<unknown> = new Set([
  'REPOSITORY_UNKNOWN',
  'BUILD_UNKNOWN',
  'NOT_FOUND',
  'NAME_UNKNOWN',
]);

/** Throws where the answer is a failure, which is no decision. */
export async function decisionOf(response: Response): Promise<Decision> {
  const { status } = response;
  if (status < 400) {
    await response.body?.cancel();
    return 'in';
  }
  const text = await response.text();
  if (status >= 500) throw new Error(`${response.url} failed: ${status} ${text}`);
  if (status === 401) return 'login';
  if (status === 403) return 'no';
  if (status === 404 && codesOfNothing.has(codeIn(text))) return 'none';
  return 'in';
}

interface Refusal {
  readonly code?: string;
  readonly message?: string;
  readonly errors?: readonly { readonly code: string }[];
}

/** Of a problem document, of the first error of an OCI envelope, or in Hub's words; git and HEAD say nothing else. */
function codeIn(text: string): unknown {
  if (!text.startsWith('{')) return 'NOT_FOUND';
  const body = JSON.parse(text) as Refusal;
  if (body.message === 'object not found') return 'NOT_FOUND';
  return body.code ?? body.errors?.[0]?.code;
}
