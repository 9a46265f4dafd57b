/** People, organizations and the system's own names share one space of names. */
export const namespaceKinds = ['user', 'organization', 'system'] as const;
export type NamespaceKind = (typeof namespaceKinds)[number];

/** What a grant makes somebody in a repository or a namespace; each role includes those before it. */
export const roles = ['read', 'write', 'admin', 'owner'] as const;
export type Role = (typeof roles)[number];

/** What a personal access token may do, narrowest first: each scope includes those before it. */
export const tokenScopes = ['repo:public_read', 'repo:read', 'repo:write', 'repo:admin'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** What can be done with a repository through the registry (distribution, "Token Scope Documentation"). */
export const registryActions = ['pull', 'push', 'delete'] as const;
export type RegistryAction = (typeof registryActions)[number];

/** Which tags of a repository can't be pointed elsewhere once they exist. */
export const immutabilityModes = ['all_mutable', 'all_immutable', 'patterns'] as const;
export type ImmutabilityMode = (typeof immutabilityModes)[number];

/** How Slipway's own credentials begin, so that scanners and log-ins know what they have. */
export const credentialPrefixes = {
  personalAccessToken: 'slip_pat_',
  attempt: 'slip_att_',
  builder: 'slip_bld_',
} as const;
