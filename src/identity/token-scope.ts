/** What a personal access token may do, narrowest first: each scope includes those before it. */
export const tokenScopes = ['repo:public_read', 'repo:read', 'repo:write', 'repo:admin'] as const;

export type TokenScope = (typeof tokenScopes)[number];

export function isTokenScope(text: string): text is TokenScope {
  return (tokenScopes as readonly string[]).includes(text);
}

/** Whether a token of scope `held` may do what `needed` stands for. */
export function includesScope(held: TokenScope, needed: TokenScope): boolean {
  return tokenScopes.indexOf(held) >= tokenScopes.indexOf(needed);
}

/** The one scope that says as much as all of these together: Hub's API takes a list. */
export function widestScope(scopes: readonly [TokenScope, ...TokenScope[]]): TokenScope {
  return scopes.reduce((widest, scope) => (includesScope(widest, scope) ? widest : scope));
}
