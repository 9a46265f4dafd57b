import { buildOperations } from '#protocol';
import { collectPages, limitOption } from '../command/collect-pages.ts';
import { command } from '../command/command.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { printList } from '../output/print-list.ts';
import { formatTime } from '../output/time-text.ts';
import { describeSource, describeState, describeTags } from './build-words.ts';

export const listBuilds = command({
  summary: 'Lists the builds of a repository, newest first.',
  operands: [repositoryOperand],
  options: limitOption,
  async run(context, { operands: [repository], options: { limit } }) {
    const params = repositoryParams(repository);
    const { signal } = context;
    const client = await context.connect();
    const page = await collectPages(limit, (query) =>
      client.call(buildOperations.list, { params, query, signal }),
    );
    printList(context, page, {
      headings: ['BUILD', 'STATE', 'SOURCE', 'TAGS', 'CREATED'],
      row: (build) => [
        String(build.id),
        describeState(build.state, context.output.style),
        describeSource(build),
        describeTags(build),
        formatTime(build.createdAt),
      ],
      empty: `${repository} has no builds yet; start one with: slipway build start ${repository}`,
    });
  },
});
