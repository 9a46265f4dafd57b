import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';

export const createUser = command({
  summary: 'Creates a user and the namespace of the same name.',
  description: 'Asks for the password of the new user. Administrators only.',
  operands: [{ name: 'username', meaning: 'lower-case letters and digits' }],
  options: {
    admin: { type: 'boolean', meaning: 'makes the user an administrator of the server' },
    'password-stdin': { type: 'boolean', meaning: 'read the password from standard input' },
  },
  examples: ['slipway user create alice --password-stdin < password.txt'],
  async run(context, { operands: [username = ''], options }) {
    const password = options['password-stdin']
      ? await context.input.readAll()
      : await context.input.ask(`Password for ${username}`, { isSecret: true });
    const client = await context.connect();
    const created = await client.call(accountOperations.createUser, {
      body: { username, password, isAdministrator: options.admin === true },
      signal: context.signal,
    });
    print(context, created, () => `The user ${created.username} can log in now.`);
  },
});
