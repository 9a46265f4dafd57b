import { z } from 'zod';
import { tokenScopes } from '#kernel';
import { noFields, nothing, operation } from '../operation.ts';
import { instant } from './shapes.ts';

const tag = 'Accounts';

export const patScope = z.enum(tokenScopes);

export const accessToken = z.object({
  id: z.string(),
  label: z.string(),
  scope: patScope,
  createdAt: instant,
  expiresAt: instant.optional(),
  lastUsedAt: instant.optional(),
});
export type AccessToken = z.infer<typeof accessToken>;

export const account = z.object({ username: z.string(), isAdministrator: z.boolean() });

export const session = z.object({
  id: z.string(),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant,
  remoteAddress: z.string().optional(),
  /** What the client called itself when it logged in. */
  userAgent: z.string().optional(),
  /** Whether it is the session that asks. */
  isCurrent: z.boolean(),
});

export const accountOperations = {
  login: operation({
    id: 'login',
    method: 'POST',
    path: '/login',
    summary: 'Exchanges a user name and a password or personal access token for a session token.',
    tag,
    status: 200,
    params: noFields,
    query: noFields,
    body: z.object({ username: z.string().max(255), password: z.string().max(1024) }),
    answer: z.object({ token: z.string(), expiresAt: instant, account }),
  }),
  whoAmI: operation({
    id: 'whoAmI',
    method: 'GET',
    path: '/me',
    summary: 'Tells whose credential this is.',
    tag,
    status: 200,
    params: noFields,
    query: noFields,
    body: nothing,
    answer: account,
  }),
  changePassword: operation({
    id: 'changePassword',
    method: 'POST',
    path: '/me/password',
    summary: 'Changes your password and ends all your other sessions. Access tokens stay.',
    tag,
    status: 204,
    params: noFields,
    query: noFields,
    body: z.object({ current: z.string().max(1024), next: z.string().max(1024) }),
    answer: nothing,
  }),
  logout: operation({
    id: 'logout',
    method: 'POST',
    path: '/logout',
    summary: 'Ends the session whose token this is, everywhere within five seconds.',
    tag,
    status: 204,
    params: noFields,
    query: noFields,
    body: nothing,
    answer: nothing,
  }),
  listSessions: operation({
    id: 'listSessions',
    method: 'GET',
    path: '/sessions',
    summary: 'Lists where you are logged in with your password.',
    tag,
    status: 200,
    params: noFields,
    query: noFields,
    body: nothing,
    answer: z.object({ items: z.array(session) }),
  }),
  endSession: operation({
    id: 'endSession',
    method: 'DELETE',
    path: '/sessions/{id}',
    summary: 'Ends one of your sessions, everywhere within five seconds.',
    tag,
    status: 204,
    params: z.object({ id: z.string() }),
    query: noFields,
    body: nothing,
    answer: nothing,
  }),
  endOtherSessions: operation({
    id: 'endOtherSessions',
    method: 'DELETE',
    path: '/sessions',
    summary: 'Ends all of your sessions but the one that asks.',
    tag,
    status: 200,
    params: noFields,
    query: noFields,
    body: nothing,
    answer: z.object({ ended: z.int() }),
  }),
  createUser: operation({
    id: 'createUser',
    method: 'POST',
    path: '/users',
    summary: 'Creates a user and the namespace of the same name. Administrators only.',
    tag,
    status: 201,
    params: noFields,
    query: noFields,
    body: z.object({
      username: z.string().max(255),
      password: z.string().max(1024),
      isAdministrator: z.boolean().default(false),
    }),
    answer: account,
  }),
  listTokens: operation({
    id: 'listAccessTokens',
    method: 'GET',
    path: '/access-tokens',
    summary: 'Lists your personal access tokens, without their secrets.',
    tag,
    status: 200,
    params: noFields,
    query: noFields,
    body: nothing,
    answer: z.object({ items: z.array(accessToken) }),
  }),
  createToken: operation({
    id: 'createAccessToken',
    method: 'POST',
    path: '/access-tokens',
    summary: 'Creates a personal access token. Its secret is in this answer and never again.',
    tag,
    status: 201,
    params: noFields,
    query: noFields,
    body: z.object({
      label: z.string().trim().min(1).max(100),
      scope: patScope,
      expiresAt: instant.optional(),
    }),
    answer: accessToken.extend({ token: z.string() }),
  }),
  revokeToken: operation({
    id: 'revokeAccessToken',
    method: 'DELETE',
    path: '/access-tokens/{id}',
    summary: 'Takes a personal access token its power, everywhere within five seconds.',
    tag,
    status: 204,
    params: z.object({ id: z.string() }),
    query: noFields,
    body: nothing,
    answer: nothing,
  }),
};
