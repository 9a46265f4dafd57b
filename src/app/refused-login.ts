import { credentialsErrors } from '#credentials';

type RefusedLogin =
  | { readonly kind: 'unauthenticated'; readonly message: string }
  | { readonly kind: 'tries-spent'; readonly message: string; readonly retryAfterSeconds: number };

/**
 * What registry and git host say to a credential that gives nobody. One that was not looked at, since
 * there were too many tries, is not called wrong: clients forget a wrong one. Throws everything else.
 */
export function refusedLogin(error: unknown): RefusedLogin {
  if (!credentialsErrors.is(error)) throw error;
  const { message, detail } = error;
  const seconds = detail['retryAfterSeconds'];
  return typeof seconds === 'number'
    ? { kind: 'tries-spent', message, retryAfterSeconds: seconds }
    : { kind: 'unauthenticated', message };
}
