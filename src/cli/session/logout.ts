import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';

export const logout = command({
  summary: 'Forgets the log-in of a server.',
  operands: [],
  options: {},
  async run(context) {
    const server = await context.serverUrl();
    const removed = await context.credentials.remove(server);
    print(context, { server, removed }, () =>
      removed ? `Logged out of ${server}.` : `There was no log-in to ${server}.`,
    );
  },
});
