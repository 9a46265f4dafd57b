import { z } from 'zod';
import { noFields, operation } from '../operation.ts';

const tag = 'Log-in';
const name = z.string().max(255);
const secret = z.string().max(1024);

export const hubLogInOperations = {
  login: operation({
    id: 'hubLogin',
    method: 'POST',
    path: '/users/login',
    summary: 'Exchanges a name and a password or access token for a token of this API.',
    tag,
    status: 200,
    params: noFields,
    query: noFields,
    body: z.object({ username: name, password: secret }),
    answer: z.object({ token: z.string() }),
  }),
  issueToken: operation({
    id: 'hubIssueToken',
    method: 'POST',
    path: '/auth/token',
    summary: 'The same, as Docker Hub documents it by now.',
    tag,
    status: 200,
    params: noFields,
    query: noFields,
    body: z.object({ identifier: name, secret }),
    answer: z.object({ access_token: z.string() }),
  }),
};
