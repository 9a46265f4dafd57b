import { isTag, type Tag } from '#kernel';
import { repositoryScope } from './auth/scope.ts';
import { type Answer, headerOf, readBounded } from './http/answer.ts';
import { parseAnswer } from './http/parse-answer.ts';
import type { CallOptions } from './registry-client.ts';
import type { RepositoryParts } from './repository-parts.ts';
import { transferErrors } from './transfer-errors.ts';

/** Some registries ignore the page's size and give all tags at once. */
const tagsOfPage = 1_000;
const longestPageBytes = 16 * 1024 * 1024;
const mostTags = 1_000_000;

export async function* listTags(
  parts: RepositoryParts,
  options: CallOptions = {},
): AsyncGenerator<Tag> {
  const visited = new Set<string>();
  let target: string | undefined = `/v2/${parts.name}/tags/list?n=${tagsOfPage}`;
  while (target !== undefined) {
    visited.add(target);
    const page: Page = await readPage(parts, target, options);
    yield* page.tags;
    target = page.next;
    if (target !== undefined && visited.has(target)) throw invalid(parts, 'leads in a circle');
  }
}

interface Page {
  readonly tags: readonly Tag[];
  readonly next: string | undefined;
}

async function readPage(
  parts: RepositoryParts,
  target: string,
  { signal }: CallOptions,
): Promise<Page> {
  const { call, name } = parts;
  const answer = await call({
    method: 'GET',
    target,
    scope: repositoryScope(name, 'pull'),
    intent: `list the tags of ${name}`,
    statuses: [200, 404],
    signal,
  });
  const bytes = await readBounded(answer, longestPageBytes, signal);
  if (answer.status === 404) throw unknown(parts);
  return { tags: readTags(parts, bytes), next: nextPage(answer) };
}

function isPage(value: unknown): value is { readonly tags?: unknown } {
  return typeof value === 'object' && value !== null;
}

/** `null` is how some registries write an empty list. */
function readTags(parts: RepositoryParts, bytes: Buffer): readonly Tag[] {
  const page = parseAnswer(bytes, mostTags);
  const tags = isPage(page) ? (page.tags ?? []) : undefined;
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string' && isTag(tag))) {
    return tags;
  }
  throw invalid(parts, 'is none');
}

/**
 * Path and query of the next page (RFC 8288; OCI distribution spec, "Listing Tags"). Where a registry
 * stands behind a proxy, its host in there is often wrong.
 */
function nextPage(answer: Answer): string | undefined {
  const link = headerOf(answer, 'link') ?? '';
  const found = /<([^<>]*)>\s*;\s*rel\s*=\s*"?next\b/i.exec(link)?.[1];
  if (found === undefined || !URL.canParse(found, answer.url.href)) return undefined;
  const { pathname, search } = new URL(found, answer.url);
  return pathname + search;
}

function unknown({ registry: { host }, name }: RepositoryParts) {
  const detail = { registry: host, repository: name };
  return transferErrors.fail('REPOSITORY_UNKNOWN', `${host} shows no repository ${name}`, {
    detail,
  });
}

function invalid({ registry: { host }, name }: RepositoryParts, what: string) {
  const detail = { registry: host, repository: name };
  const message = `what ${host} gives as the list of tags of ${name} ${what}`;
  return transferErrors.fail('REGISTRY_ANSWER_INVALID', message, { detail });
}
