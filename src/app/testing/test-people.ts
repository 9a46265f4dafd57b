import { createSlipwayClient, type SlipwayClient } from '#client';
import { type AccessToken, accountOperations } from '#protocol';

export const testPassword = 'correct horse battery';

/** Somebody with an account, logged in. */
export interface Person {
  readonly name: string;
  /** Calls the API as this person. */
  readonly client: SlipwayClient;
  /** The session's token. */
  readonly session: string;
  /** `Basic …` with the password: what registry and git clients send. */
  readonly basic: string;
  /** Makes a personal access token and gives its secret. */
  makeToken(scope: AccessToken['scope']): Promise<MadeToken>;
}

export interface MadeToken {
  readonly id: string;
  readonly secret: string;
  /** `Basic …` with the token in the password's place. */
  readonly basic: string;
}

export async function logIn(serverUrl: string, name: string): Promise<Person> {
  const { token: session } = await createSlipwayClient({ serverUrl }).call(
    accountOperations.login,
    { body: { username: name, password: testPassword } },
  );
  const client = createSlipwayClient({ serverUrl, credential: session });
  return {
    name,
    client,
    session,
    basic: basicOf(name, testPassword),
    makeToken: async (scope) => {
      const body = { label: `for tests, ${scope}`, scope };
      const { id, token } = await client.call(accountOperations.createToken, { body });
      return { id, secret: token, basic: basicOf(name, token) };
    },
  };
}

function basicOf(name: string, secret: string): string {
  return `Basic ${btoa(`${name}:${secret}`)}`;
}
