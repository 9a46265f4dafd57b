import type { RepositoryName } from '#kernel';
import type { Handler } from './exchange.ts';
import { formatRegistryUrl } from './registry-request.ts';
import { replyJson } from './reply.ts';

const largestPage = 1000;

export const listTags: Handler<'tag-list'> = async (exchange, { name, limit, after = '' }) => {
  const { registry, visit, response } = exchange;
  const pageLimit = Math.min(limit ?? largestPage, largestPage);
  if (pageLimit === 0) return replyJson(response, 200, {}, { name, tags: [] });
  const { tags, hasMore } = await registry.tags.list(visit, { after, limit: pageLimit });
  const last = tags.at(-1);
  const headers = hasMore && last !== undefined ? { Link: nextPage(name, pageLimit, last) } : {};
  replyJson(response, 200, headers, { name, tags });
};

function nextPage(name: RepositoryName, limit: number, after: string) {
  return `<${formatRegistryUrl({ kind: 'tag-list', name, limit, after })}>; rel="next"`;
}
