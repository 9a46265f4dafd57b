import type { SlipwayClient } from '#client';
import { credentialPrefixes } from '#kernel';
import { accountOperations } from '#protocol';
import { command } from '../command/command.ts';
import { type CommandContext, print } from '../command/command-context.ts';
import { serverOrigin } from '../program/create-context.ts';
import type { SavedCredential } from '../program/credentials-file.ts';

export const login = command({
  summary: 'Logs in to a server and remembers it.',
  description:
    'Asks for the name and the password, and keeps what the server gives for them in the\n' +
    'credentials file, which only you can read. A log-in with a password lasts for hours; a\n' +
    'personal access token, given in its place, is kept itself and lasts as long as it is valid.',
  operands: [{ name: 'server', meaning: 'its address: http://localhost:5000', optional: true }],
  options: {
    username: { type: 'string', short: 'u', value: 'NAME', meaning: 'do not ask for the name' },
    'password-stdin': {
      type: 'boolean',
      meaning: 'read the password or token from standard input',
    },
  },
  examples: [
    'slipway login http://localhost:5000',
    'slipway login https://hub.example.com -u alice --password-stdin < token.txt',
  ],
  async run(context, { operands: [given], options }) {
    const server = given === undefined ? await context.serverUrl() : serverOrigin(given);
    const client = await context.connectAnonymously(server);
    const username = options.username ?? (await context.input.ask('Username', { isSecret: false }));
    const password = await readPassword(context, options['password-stdin'] === true);
    const credential = await exchange(client, { username, password });
    await context.credentials.save(client.serverUrl, credential);
    const { token: _secret, ...shown } = credential;
    print(
      context,
      { server: client.serverUrl, ...shown },
      () => `Logged in to ${client.serverUrl} as ${credential.username}.`,
    );
  },
});

function readPassword(context: CommandContext, fromStandardInput: boolean): Promise<string> {
  if (fromStandardInput) return context.input.readAll();
  return context.input.ask('Password or access token', { isSecret: true });
}

async function exchange(
  client: SlipwayClient,
  body: { readonly username: string; readonly password: string },
): Promise<SavedCredential> {
  const { token, expiresAt, account } = await client.call(accountOperations.login, { body });
  const { username } = account;
  return isAccessToken(body.password)
    ? { username, token: body.password }
    : { username, token, expiresAt };
}

function isAccessToken(password: string): boolean {
  return password.startsWith(credentialPrefixes.personalAccessToken);
}
