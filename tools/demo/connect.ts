import { createSlipwayClient, type SlipwayClient } from '#client';
import { accountOperations } from '#protocol';
import { type Demo, serverUrl } from './demo.ts';

/** A client with the rights of the demo's user. */
export async function connect(demo: Demo): Promise<SlipwayClient> {
  const anonymous = createSlipwayClient({ serverUrl: serverUrl(demo) });
  const { token } = await anonymous.call(accountOperations.login, {
    body: demo.user,
    signal: demo.signal,
  });
  return createSlipwayClient({ serverUrl: serverUrl(demo), credential: token });
}
