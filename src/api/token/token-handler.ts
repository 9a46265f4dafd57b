import type { IncomingMessage } from 'node:http';
import type { Principal, RegistryGrant } from '#access';
import type { Authenticate, RegistryTokens } from '#credentials';
import { type HttpHandler, remoteAddressOf, sendAnswer, type WholeAnswer } from '#platform/http';
import type { RegistryRights } from '#repositories';
import { registryServiceOf } from './registry-challenge.ts';
import { type GrantedToken, methodNotAllowed, refusalAnswer, tokenAnswer } from './token-answer.ts';
import { readDockerRequest, readOAuth2Request, type TokenRequest } from './token-request.ts';
import { parseScopes, tokenRequestErrors, type WantedAccess } from './token-scope.ts';

export interface TokenHandlerOptions {
  readonly publicUrl: string;
  readonly authenticate: Authenticate;
  readonly registryTokens: RegistryTokens;
  readonly registryRights: RegistryRights;
}

/**
 * The token service at `/token`: a name and a password or access token, or nothing, become a token
 * for the registry (distribution, "Token Authentication Specification", and its OAuth2 form). Rights
 * that the caller lacks are left out of the token; a wrong credential is never nobody's.
 */
export function createTokenHandler(options: TokenHandlerOptions): HttpHandler {
  return async (request, response) => {
    const exchange = { request, response };
    sendAnswer(exchange, await answerOf(options, request));
  };
}

async function answerOf(
  options: TokenHandlerOptions,
  request: IncomingMessage,
): Promise<WholeAnswer> {
  try {
    const tokenRequest = await readTokenRequest(request);
    if (tokenRequest === undefined) return methodNotAllowed;
    const granted = await grantToken(options, tokenRequest, remoteAddressOf(request));
    return tokenAnswer(granted, tokenRequest.dialect);
  } catch (error) {
    const refusal = refusalAnswer(error);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

async function readTokenRequest(request: IncomingMessage): Promise<TokenRequest | undefined> {
  if (request.method === 'GET') return readDockerRequest(request);
  if (request.method === 'POST') return readOAuth2Request(request);
  return undefined;
}

async function grantToken(
  options: TokenHandlerOptions,
  request: TokenRequest,
  remoteAddress: string,
): Promise<GrantedToken> {
  assertService(request.service, registryServiceOf(options.publicUrl));
  const wanted = parseScopes(request.scopes);
  const { authorization } = request;
  const { principal } = await options.authenticate({ authorization, remoteAddress });
  const grants = await grantScopes(options.registryRights, principal, wanted);
  return { ...(await options.registryTokens.issue(principal, grants)), grants };
}

function assertService(asked: string | undefined, service: string): void {
  if (asked === undefined || asked === service) return;
  throw tokenRequestErrors.fail(
    'SERVICE_UNKNOWN',
    `this server gives tokens for the service ${service} only`,
  );
}

async function grantScopes(
  rights: RegistryRights,
  principal: Principal,
  wanted: readonly WantedAccess[],
): Promise<readonly RegistryGrant[]> {
  const grants: RegistryGrant[] = [];
  for (const { name, actions } of wanted) {
    const held = new Set(await rights.actionsOf(principal, name));
    grants.push({ name, actions: actions.filter((action) => held.has(action)) });
  }
  return grants;
}
