import { accessErrors } from '#access';
import type { Authenticate } from '#credentials';

/**
 * As Hub does it: a log-in's token as `Bearer` or `JWT`, or name and secret as `Basic`. An access token
 * by itself is good there for nothing but being exchanged, which its owner is told.
 */
export function createHubAuthenticate(authenticate: Authenticate): Authenticate {
  return async (request) => {
    const authenticated = await authenticate(request);
    if (authenticated.presentedAs !== 'access-token') return authenticated;
    throw accessErrors.fail(
      'ACCESS_DENIED',
      'an access token is no Bearer value here: exchange it for one at POST /v2/auth/token, with {"identifier": <name>, "secret": <token>}',
    );
  };
}
