import type { Clock } from '#kernel';
import { accountOperations, patScope } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { parseChoice, parseNumber } from '../command/operands.ts';

const dayMilliseconds = 86_400_000;

export const createToken = command({
  summary: 'Creates a personal access token and prints it, once.',
  description: 'Use it as the password of docker login, or as SLIPWAY_TOKEN in scripts.',
  operands: [{ name: 'label', meaning: 'what it is for, for your own memory' }],
  options: {
    scope: {
      type: 'string',
      value: 'SCOPE',
      meaning: `${patScope.options.join(', ')}; repo:read by default`,
    },
    days: { type: 'string', value: 'N', meaning: 'valid for so many days; for ever by default' },
  },
  examples: ['slipway token create ci --scope repo:write --days 90'],
  async run(context, { operands: [label = ''], options: { scope = 'repo:read', days } }) {
    const body = {
      label,
      scope: parseChoice(scope, '--scope', patScope.options),
      ...(days !== undefined && { expiresAt: inDays(parseNumber(days, '--days'), context.clock) }),
    };
    const client = await context.connect();
    const created = await client.call(accountOperations.createToken, {
      body,
      signal: context.signal,
    });
    print(context, created, () => created.token);
    context.progress.line(`Keep it: it is shown this once. Its id is ${created.id}.`);
  },
});

function inDays(days: number, clock: Clock): string {
  return new Date(clock.now() + days * dayMilliseconds).toISOString();
}
