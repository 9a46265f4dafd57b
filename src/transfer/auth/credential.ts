/** Whom a registry is to take us for. Without one we are nobody in particular. */
export type Credential =
  /** A name, and its password or an access token in the password's place. */
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A token that the registry itself takes, as it is. */
  | { readonly kind: 'bearer'; readonly token: string };

export function basicHeader({ username, password }: Credential & { kind: 'password' }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
