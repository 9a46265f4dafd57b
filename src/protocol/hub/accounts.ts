import { z } from 'zod';
import { noFields, nothing, operation } from '../operation.ts';
import { hubTime } from './shapes.ts';

export const hubAccountOperations = {
  whoAmI: operation({
    id: 'hubWhoAmI',
    method: 'GET',
    path: '/user',
    summary: 'Tells whose credential this is.',
    tag: 'Accounts',
    status: 200,
    params: noFields,
    query: noFields,
    body: nothing,
    answer: z.object({
      id: z.string(),
      username: z.string(),
      full_name: z.string(),
      location: z.string(),
      company: z.string(),
      gravatar_email: z.string(),
      gravatar_url: z.string(),
      profile_url: z.string(),
      is_staff: z.boolean(),
      is_admin: z.boolean(),
      date_joined: hubTime,
      type: z.literal('User'),
    }),
  }),
};
