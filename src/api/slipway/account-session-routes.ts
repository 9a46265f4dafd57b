import type { Credentials, OwnSession } from '#credentials';
import { accountOperations as operations } from '#protocol';
import type { Route } from '../kit/route.ts';
import { askedByRoom } from './asked-by-room.ts';
import { route } from './route.ts';
import { instantText } from './wire-instant.ts';

/** Where somebody is logged in, and the password that they do it with. */
export function accountSessionRoutes({ sessions, passwords }: Credentials): readonly Route[] {
  return [
    route(operations.changePassword, manage, async ({ principal, body, remoteAddress }) => {
      await passwords.change(principal, { ...body, remoteAddress });
      return undefined;
    }),
    route(operations.logout, manage, async ({ principal }) => {
      await sessions.endOwn(principal);
      return undefined;
    }),
    route(operations.listSessions, askedByRoom('viewOwnCredentials'), async ({ principal }) => ({
      items: (await sessions.list(principal)).map(sessionAnswer),
    })),
    route(operations.endSession, manage, async ({ principal, params }) => {
      await sessions.end(principal, params.id);
      return undefined;
    }),
    route(operations.endOtherSessions, manage, async ({ principal }) => ({
      ended: await sessions.endOthers(principal),
    })),
  ];
}

const manage = askedByRoom('manageOwnCredentials');

function sessionAnswer({ remoteAddress, userAgent, ...session }: OwnSession) {
  return {
    id: session.id,
    createdAt: instantText(session.createdAt),
    expiresAt: instantText(session.expiresAt),
    lastUsedAt: instantText(session.lastUsedAt),
    ...(remoteAddress !== undefined && { remoteAddress }),
    ...(userAgent !== undefined && { userAgent }),
    isCurrent: session.isCurrent,
  };
}
