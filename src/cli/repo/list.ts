import { repositoryOperations } from '#protocol';
import { collectPages, limitOption } from '../command/collect-pages.ts';
import { command } from '../command/command.ts';
import { printList } from '../output/print-list.ts';
import { formatTime } from '../output/time-text.ts';

export const listRepositories = command({
  summary: 'Lists the repositories that you may see.',
  operands: [],
  options: {
    namespace: { type: 'string', value: 'NAME', meaning: 'only those of one namespace' },
    ...limitOption,
  },
  async run(context, { options: { namespace, limit } }) {
    const { signal } = context;
    const client = await context.connect();
    const page = await collectPages(limit, (query) =>
      client.call(repositoryOperations.list, {
        query: { ...query, ...(namespace && { namespace }) },
        signal,
      }),
    );
    printList(context, page, {
      headings: ['REPOSITORY', 'VISIBILITY', 'LAST PUSH', 'DESCRIPTION'],
      row: ({ name, isPrivate, lastPushedAt, description }) => [
        name,
        isPrivate ? 'private' : 'public',
        lastPushedAt ? formatTime(lastPushedAt) : 'never',
        description,
      ],
      empty:
        'There are no repositories yet; create one with: slipway repo create <namespace>/<name>',
    });
  },
});
