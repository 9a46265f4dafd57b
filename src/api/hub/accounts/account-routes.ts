import type { Accounts } from '#accounts';
import { hubAccountOperations as operations } from '#protocol';
import type { Route } from '../../kit/route.ts';
import { askedByRoom } from '../../slipway/asked-by-room.ts';
import { hubTimeText } from '../hub-time.ts';
import { route } from '../route.ts';

/** One's own account. Accounts have nothing here that Hub's profiles show: no company, no picture. */
export function accountRoutes(accounts: Accounts): readonly Route[] {
  return [
    route(operations.whoAmI, askedByRoom('viewOwnAccount'), async ({ principal }) => {
      const { id, name, isAdministrator, createdAt } = await accounts.own(principal);
      return {
        id: String(id),
        username: name,
        full_name: '',
        location: '',
        company: '',
        gravatar_email: '',
        gravatar_url: '',
        profile_url: '',
        is_staff: false,
        is_admin: isAdministrator,
        date_joined: hubTimeText(createdAt),
        type: 'User' as const,
      };
    }),
  ];
}
