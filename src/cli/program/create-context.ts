import { cliErrors } from '../command/cli-errors.ts';
import type { OptionValues } from '../command/command.ts';
import type { CommandContext, Output } from '../command/command-context.ts';
import type { commonOptions } from '../command/common-options.ts';
import { chooseStyle } from '../output/style.ts';
import type { CliHost } from './cli-host.ts';
import { type CredentialsFile, credentialsPath, openCredentialsFile } from './credentials-file.ts';

export type CommonValues = OptionValues<typeof commonOptions>;

/** What one command may touch, made of the process's parts and the common options. */
export function createContext(host: CliHost, options: CommonValues): CommandContext {
  const { environment } = host;
  const credentials = openCredentialsFile(credentialsPath(environment));
  const serverUrl = () => chooseServer(options.server, environment, credentials);
  return {
    output: createOutput(host.stdout, environment),
    progress: createOutput(host.stderr, environment),
    json: options.json === true,
    get signal() {
      return host.signal;
    },
    clock: host.clock,
    environment,
    credentials,
    input: host.input,
    serverUrl,
    connectAnonymously: (server) => host.createClient({ serverUrl: server }),
    async connect() {
      const server = await serverUrl();
      const credential = await chooseCredential(server, host, credentials);
      return host.createClient({ serverUrl: server, credential });
    },
  };
}

export function createOutput(
  stream: CliHost['stdout'],
  environment: CliHost['environment'],
): Output {
  return {
    style: chooseStyle(stream.isTTY === true, environment['NO_COLOR']),
    line: (text = '') => void stream.write(`${text}\n`),
  };
}

async function chooseServer(
  flag: string | undefined,
  environment: CliHost['environment'],
  credentials: CredentialsFile,
): Promise<string> {
  const server = flag ?? (environment['SLIPWAY_SERVER'] || (await credentials.currentServer()));
  if (server !== undefined) return serverOrigin(server);
  throw cliErrors.fail(
    'NOT_LOGGED_IN',
    'no server is known yet; log in with: slipway login http://localhost:5000',
  );
}

/** One spelling a server, or its log-in would not be found again; what is no address stays as it is. */
export function serverOrigin(text: string): string {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : text;
}

async function chooseCredential(
  server: string,
  { environment, clock }: CliHost,
  credentials: CredentialsFile,
): Promise<string> {
  const given = environment['SLIPWAY_TOKEN'];
  if (given !== undefined && given !== '') return given;
  const saved = await credentials.find(server);
  if (saved === undefined) {
    throw cliErrors.fail(
      'NOT_LOGGED_IN',
      `not logged in to ${server}; use: slipway login ${server} (or set SLIPWAY_TOKEN)`,
    );
  }
  if (saved.expiresAt !== undefined && Date.parse(saved.expiresAt) <= clock.now()) {
    throw cliErrors.fail(
      'NOT_LOGGED_IN',
      `the log-in of ${saved.username} at ${server} has ended; use: slipway login ${server}`,
    );
  }
  return saved.token;
}
