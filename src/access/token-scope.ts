import { type TokenScope, tokenScopes } from '#kernel';
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
