import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';

export const endSession = command({
  summary: 'Ends one of your sessions, everywhere within five seconds.',
  operands: [{ name: 'id', meaning: 'as `slipway session list` shows it' }],
  options: {},
  async run(context, { operands: [id = ''] }) {
    const client = await context.connect();
    await client.call(accountOperations.endSession, { params: { id }, signal: context.signal });
    print(context, { id, ended: true }, () => `The session ${id} has ended.`);
  },
});
