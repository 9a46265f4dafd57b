import { repositoryOperations } from '#protocol';
import { collectPages, limitOption } from '../command/collect-pages.ts';
import { command } from '../command/command.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { printList } from '../output/print-list.ts';
import { formatTime } from '../output/time-text.ts';

export const listTags = command({
  summary: 'Lists the tags of a repository and what they point to.',
  operands: [repositoryOperand],
  options: limitOption,
  async run(context, { operands: [repository], options: { limit } }) {
    const params = repositoryParams(repository);
    const { signal } = context;
    const client = await context.connect();
    const page = await collectPages(limit, (query) =>
      client.call(repositoryOperations.listTags, { params, query, signal }),
    );
    printList(context, page, {
      headings: ['TAG', 'MOVED', 'DIGEST'],
      row: ({ tag, movedAt, digest }) => [tag, formatTime(movedAt), digest],
      empty: `${repository} has no tags yet.`,
    });
  },
});
