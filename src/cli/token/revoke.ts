import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';

export const revokeToken = command({
  summary: 'Takes an access token its power, everywhere within five seconds.',
  operands: [{ name: 'id', meaning: 'as `slipway token list` shows it' }],
  options: {},
  async run(context, { operands: [id = ''] }) {
    const client = await context.connect();
    await client.call(accountOperations.revokeToken, { params: { id }, signal: context.signal });
    print(context, { id, revoked: true }, () => `The token ${id} is revoked.`);
  },
});
