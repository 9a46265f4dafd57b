import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { type CommandContext, print } from '../command/command-context.ts';

export const logout = command({
  summary: 'Ends the log-in at a server, and forgets it.',
  description: 'An access token that was kept stays valid: slipway token revoke ends it.',
  operands: [],
  options: {},
  async run(context) {
    const server = await context.serverUrl();
    await endSession(context, server);
    const removed = await context.credentials.remove(server);
    print(context, { server, removed }, () =>
      removed ? `Logged out of ${server}.` : `There was no log-in to ${server}.`,
    );
  },
});

/** A server that can't be told is no reason to keep what is on this machine. */
async function endSession(context: CommandContext, server: string): Promise<void> {
  const saved = await context.credentials.find(server);
  if (saved?.expiresAt === undefined) return;
  try {
    const client = await context.connect();
    await client.call(accountOperations.logout, { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    context.progress.line(`The session could not be ended at the server: ${reason}`);
  }
}
