import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { printList } from '../output/print-list.ts';
import { formatTime } from '../output/time-text.ts';

export const listSessions = command({
  summary: 'Lists where you are logged in with your password.',
  description: 'The one that asks is marked with an asterisk.',
  operands: [],
  options: {},
  async run(context) {
    const client = await context.connect();
    const page = await client.call(accountOperations.listSessions, { signal: context.signal });
    printList(context, page, {
      headings: ['', 'ID', 'SINCE', 'LAST USED', 'FROM', 'WITH'],
      row: ({ id, createdAt, lastUsedAt, remoteAddress, userAgent, isCurrent }) => [
        isCurrent ? '*' : '',
        id,
        formatTime(createdAt),
        formatTime(lastUsedAt),
        remoteAddress ?? '',
        userAgent ?? '',
      ],
      empty: 'You are logged in with the password nowhere.',
    });
  },
});
