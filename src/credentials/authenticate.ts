import { type AttemptPrincipal, nobody, type Principal, type RegistryGrant } from '#access';
import { credentialPrefixes } from '#kernel';
import { looksLikeAccessToken } from './access-token-text.ts';
import { parseAuthorization } from './authorization-header.ts';
import { type CredentialStanding, referenceTo } from './credential-standing.ts';
import { credentialsErrors } from './credentials-errors.ts';
import type { LogIn, LoginRequest } from './log-in.ts';
import type { RegistryTokens } from './registry-tokens.ts';
import type { Sessions } from './sessions.ts';

/** How a credential comes. `access-token`: a personal one by itself, as a Bearer value. */
export type CredentialForm =
  | 'basic'
  | 'session'
  | 'access-token'
  | 'registry-token'
  | 'attempt-token';

export interface AuthenticationRequest {
  /** The Authorization header as it came. */
  readonly authorization: string | undefined;
  readonly remoteAddress: string;
  /** What the edge takes; without it what people and their programs send to APIs. */
  readonly accepts?: readonly CredentialForm[];
}

export interface Authentication {
  readonly principal: Principal;
  readonly presentedAs: 'nothing' | CredentialForm;
  /** All that a registry token is for, whatever its bearer may do; absent for any other credential. */
  readonly grants?: readonly RegistryGrant[];
  /**
   * Who it is by now, for answers that go on: at most 4 seconds old. `undefined` once the credential has
   * ended or was taken away.
   */
  readonly renew: () => Promise<Principal | undefined>;
}

type Recognized = Omit<Authentication, 'renew'>;

/**
 * Who sends a request: the one way from a header to a principal, for every edge. A missing header is
 * nobody in particular; a wrong one, or one of a form that the edge does not take, is an error and
 * never falls back to nobody: `AUTHORIZATION_MALFORMED`, `INVALID_CREDENTIALS`, `TOO_MANY_TRIES`,
 * `LOGIN_BUSY`.
 */
export type Authenticate = (request: AuthenticationRequest) => Promise<Authentication>;

/** Whose attempt's token this is; `undefined` for anything that is not one of a live attempt. */
export type AttemptOfToken = (token: string) => Promise<AttemptPrincipal | undefined>;

export interface AuthenticateOptions {
  readonly logIn: LogIn;
  readonly sessions: Sessions;
  readonly registryTokens: RegistryTokens;
  readonly attemptOf: AttemptOfToken;
  readonly standing: CredentialStanding;
}

const formsOfPeople: readonly CredentialForm[] = ['basic', 'session', 'access-token'];

export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  return async ({ authorization, remoteAddress, accepts = formsOfPeople }) => {
    const presented = parseAuthorization(authorization);
    if (presented.kind === 'none') return anonymous;
    const found =
      presented.kind === 'bearer'
        ? await authenticateBearer(options, presented.token, accepts)
        : await authenticateBasic(options, { ...presented, remoteAddress }, accepts);
    if (found !== undefined) return found;
    throw credentialsErrors.fail(
      'INVALID_CREDENTIALS',
      'the session or token is not valid here, or has ended; log in again',
    );
  };
}

const anonymous: Authentication = {
  principal: nobody,
  presentedAs: 'nothing',
  renew: async () => nobody,
};

/** A password is not checked again: whether it is still the account's own is enough. */
async function authenticateBasic(
  { logIn, standing }: AuthenticateOptions,
  request: LoginRequest,
  accepts: readonly CredentialForm[],
): Promise<Authentication | undefined> {
  if (!accepts.includes('basic')) return undefined;
  const principal = await logIn.withSecret(request);
  const renew = () => standing.find(referenceTo(principal));
  return { principal, presentedAs: 'basic', renew };
}

async function authenticateBearer(
  options: AuthenticateOptions,
  token: string,
  accepts: readonly CredentialForm[],
): Promise<Authentication | undefined> {
  const found = await readBearer(options, token, accepts);
  const renew = async () =>
    (await readBearer(options, token, accepts).catch(noneWhereInvalid))?.principal;
  return found && { ...found, renew };
}

function noneWhereInvalid(error: unknown): undefined {
  if (!credentialsErrors.is(error)) throw error;
}

async function readBearer(
  { logIn, sessions, registryTokens, attemptOf }: AuthenticateOptions,
  token: string,
  accepts: readonly CredentialForm[],
): Promise<Recognized | undefined> {
  const form = formsOfToken(token).find((possible) => accepts.includes(possible));
  switch (form) {
    case 'access-token':
      return { principal: await logIn.withAccessToken(token), presentedAs: form };
    case 'attempt-token':
      return known(await attemptOf(token), form);
    case 'session':
      return known(await sessions.verify(token), form);
    case 'registry-token': {
      const verified = await registryTokens.verify(token);
      return verified && { ...verified, presentedAs: form };
    }
    case undefined:
      return undefined;
  }
}

type BearerForm = Exclude<CredentialForm, 'basic'>;

/** What a Bearer value may be; a signed one does not say from outside, and no edge takes both kinds. */
function formsOfToken(token: string): readonly BearerForm[] {
  if (looksLikeAccessToken(token)) return ['access-token'];
  if (token.startsWith(credentialPrefixes.attempt)) return ['attempt-token'];
  return ['session', 'registry-token'];
}

function known(
  principal: Principal | undefined,
  presentedAs: CredentialForm,
): Recognized | undefined {
  return principal && { principal, presentedAs };
}
