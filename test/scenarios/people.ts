import { createSlipwayClient, type SlipwayClient } from '#client';
import { accountOperations } from '#protocol';

export interface Person {
  readonly username: string;
  readonly password: string;
}

/** The first administrator of every installation under test, who owns what is built. */
export const owner: Person = { username: 'ada', password: 'correct horse battery' };

/** Another user, who has a right to nothing but what is public. */
export const reader: Person = { username: 'grace', password: 'staple battery horse' };

/** A client with the rights of that person. */
export async function connect(serverUrl: string, person: Person): Promise<SlipwayClient> {
  const anonymous = createSlipwayClient({ serverUrl });
  const { token } = await anonymous.call(accountOperations.login, { body: { ...person } });
  return createSlipwayClient({ serverUrl, credential: token });
}
