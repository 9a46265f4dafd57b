import type { Person } from '#access';
import type { Credentials, Session, AccessToken as StoredToken } from '#credentials';
import { type AccessToken, accountOperations as operations } from '#protocol';
import type { Route } from '../kit/route.ts';
import { administrator, newcomers, signedIn } from './access.ts';
import { route } from './route.ts';
import { instantText, optionalInstant } from './wire-instant.ts';

/** Log-in, users and personal access tokens. */
export function accountRoutes(credentials: Credentials): readonly Route[] {
  return [
    route(operations.login, newcomers, async ({ body, remoteAddress }) => {
      const user = await credentials.logIn.withSecret({
        name: body.username,
        secret: body.password,
        remoteAddress,
      });
      return sessionAnswer(await credentials.sessions.issue(user), user);
    }),
    route(operations.whoAmI, signedIn, async ({ user }) => accountAnswer(user)),
    route(operations.createUser, administrator, async ({ user, body }) =>
      accountAnswer(
        await credentials.registration.create(user, {
          name: body.username,
          password: body.password,
          isAdministrator: body.isAdministrator,
        }),
      ),
    ),
    route(operations.listTokens, signedIn, async ({ user }) => ({
      items: (await credentials.accessTokens.list(user)).map(tokenAnswer),
    })),
    route(operations.createToken, signedIn, async ({ user, body }) => {
      const { label, scope, expiresAt } = body;
      const created = await credentials.accessTokens.create(user, {
        label,
        scope,
        ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }),
      });
      return { ...tokenAnswer(created), token: created.text };
    }),
    route(operations.revokeToken, signedIn, async ({ user, params }) => {
      await credentials.accessTokens.revoke(user, params.id);
      return undefined;
    }),
  ];
}

function sessionAnswer(session: Session, user: Person) {
  return {
    token: session.token,
    expiresAt: instantText(session.expiresAt),
    account: accountAnswer(user),
  };
}

function accountAnswer({ name, isAdministrator }: { name: string; isAdministrator: boolean }) {
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
