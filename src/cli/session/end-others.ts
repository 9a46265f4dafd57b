import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';

export const endOtherSessions = command({
  summary: 'Ends all of your sessions but the one that asks.',
  description: 'Access tokens stay: revoke them with slipway token revoke.',
  operands: [],
  options: {},
  async run(context) {
    const client = await context.connect();
    const answer = await client.call(accountOperations.endOtherSessions, {
      signal: context.signal,
    });
    const sessions = answer.ended === 1 ? 'session has' : 'sessions have';
    print(context, answer, () => `${answer.ended} ${sessions} ended.`);
  },
});
