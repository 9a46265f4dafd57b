import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';

export const changePassword = command({
  summary: 'Changes your password, and ends all your other sessions.',
  description:
    'Asks for the password that you have and for the new one. Access tokens stay as they are.',
  operands: [],
  options: {
    'passwords-stdin': {
      type: 'boolean',
      meaning: 'read both from standard input, the present one first, a line each',
    },
  },
  async run(context, { options }) {
    const { input } = context;
    const lines = options['passwords-stdin'] ? (await input.readAll()).split(/\r?\n/) : undefined;
    const current = lines?.[0] ?? (await input.ask('Present password', { isSecret: true }));
    const next = lines?.[1] ?? (await input.ask('New password', { isSecret: true }));
    const client = await context.connect();
    await client.call(accountOperations.changePassword, {
      body: { current, next },
      signal: context.signal,
    });
    print(
      context,
      { changed: true },
      () => 'The password is changed, and all your other sessions have ended.',
    );
  },
});
