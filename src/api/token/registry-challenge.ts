/** The registry's name in tokens: host and port of the public URL. */
export function registryServiceOf(publicUrl: string): string {
  return new URL(publicUrl).host;
}

export interface ChallengeDetail {
  /** What the request would need: `repository:ns/name:pull,push`. */
  readonly scope?: string;
  /** A token came with the request and says too little (RFC 6750, section 3.1). */
  readonly insufficient?: boolean;
}

/**
 * The value of WWW-Authenticate with which the registry sends clients to the token service
 * (distribution, "Token Authentication Specification").
 */
export function registryChallenge(publicUrl: string, detail: ChallengeDetail = {}): string {
  const parts = [
    `realm="${new URL('/token', publicUrl).href}"`,
    `service="${registryServiceOf(publicUrl)}"`,
  ];
  if (detail.scope !== undefined) parts.push(`scope="${detail.scope}"`);
  if (detail.insufficient === true) parts.push('error="insufficient_scope"');
  return `Bearer ${parts.join(',')}`;
}
