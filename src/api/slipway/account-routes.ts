import type { Accounts } from '#accounts';
import type { Credentials, Session, AccessToken as StoredToken } from '#credentials';
import { type AccessToken, accountOperations as operations } from '#protocol';
import type { Route } from '../kit/route.ts';
import { newcomers } from './admission.ts';
import { askedByRoom } from './asked-by-room.ts';
import { route } from './route.ts';
import { instantText, optionalInstant } from './wire-instant.ts';

/** Log-in, users and personal access tokens. */
export function accountRoutes(accounts: Accounts, credentials: Credentials): readonly Route[] {
  const { accessTokens, registration, sessions } = credentials;
  return [
    route(operations.login, newcomers, async ({ body, remoteAddress, userAgent }) => {
      const user = await credentials.logIn.withSecret({
        name: body.username,
        secret: body.password,
        remoteAddress,
      });
      return sessionAnswer(await sessions.issue(user, { remoteAddress, userAgent }), user);
    }),
    route(operations.whoAmI, askedByRoom('viewOwnAccount'), async ({ principal }) =>
      accountAnswer(await accounts.own(principal)),
    ),
    route(operations.createUser, askedByRoom('manageAccounts'), async ({ principal, body }) =>
      accountAnswer(
        await registration.create(principal, {
          name: body.username,
          password: body.password,
          isAdministrator: body.isAdministrator,
        }),
      ),
    ),
    route(operations.listTokens, askedByRoom('viewOwnCredentials'), async ({ principal }) => ({
      items: (await accessTokens.list(principal)).map(tokenAnswer),
    })),
    route(operations.createToken, manageTokens, async ({ principal, body }) => {
      const { label, scope, expiresAt } = body;
      const created = await accessTokens.create(principal, {
        label,
        scope,
        ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }),
      });
      return { ...tokenAnswer(created), token: created.text };
    }),
    route(operations.revokeToken, manageTokens, async ({ principal, params }) => {
      await accessTokens.revoke(principal, params.id);
      return undefined;
    }),
  ];
}

const manageTokens = askedByRoom('manageOwnCredentials');

function sessionAnswer(session: Session, user: Named) {
  return {
    token: session.token,
    expiresAt: instantText(session.expiresAt),
    account: accountAnswer(user),
  };
}

interface Named {
  readonly name: string;
  readonly isAdministrator: boolean;
}

function accountAnswer({ name, isAdministrator }: Named) {
  return { username: name, isAdministrator };
}

function tokenAnswer(token: StoredToken): AccessToken {
  return {
    id: token.id,
    label: token.label,
    scope: token.scope,
    createdAt: instantText(token.createdAt),
    ...optionalInstant('expiresAt', token.expiresAt),
    ...optionalInstant('lastUsedAt', token.lastUsedAt),
  };
}
