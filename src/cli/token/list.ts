import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { printList } from '../output/print-list.ts';
import { formatTime } from '../output/time-text.ts';

export const listTokens = command({
  summary: 'Lists your personal access tokens, without their secrets.',
  operands: [],
  options: {},
  async run(context) {
    const client = await context.connect();
    const page = await client.call(accountOperations.listTokens, { signal: context.signal });
    printList(context, page, {
      headings: ['ID', 'LABEL', 'SCOPE', 'LAST USED', 'EXPIRES'],
      row: ({ id, label, scope, lastUsedAt, expiresAt }) => [
        id,
        label,
        scope,
        lastUsedAt ? formatTime(lastUsedAt) : 'never',
        expiresAt ? formatTime(expiresAt) : 'never',
      ],
      empty: 'You have no access tokens; create one with: slipway token create <label>',
    });
  },
});
