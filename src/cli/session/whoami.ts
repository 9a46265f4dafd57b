import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';

export const whoAmI = command({
  summary: 'Tells who is logged in, and where.',
  operands: [],
  options: {},
  async run(context) {
    const client = await context.connect();
    const account = await client.call(accountOperations.whoAmI, { signal: context.signal });
    const role = account.isAdministrator ? ', an administrator' : '';
    print(
      context,
      { server: client.serverUrl, ...account },
      () => `${account.username}${role}, at ${client.serverUrl}`,
    );
  },
});
