/**
 * First path segments that belong to Slipway itself, so that no namespace can take them: what
 * follows `/v2/` decides between the Hub API and the registry by this list alone.
 */
const reservedNames: ReadonlySet<string> = new Set(
  `users auth namespaces repositories orgs user access-tokens api_tokens invites auditlogs scim
   search categories login logout token v1 v2 api git hooks metrics healthz readyz r u settings
   explore assets plugins`.split(/\s+/),
);

/**
 * Names that only who runs the server may give away, to its first administrator: nobody else is to
 * pass for the operator. No path of ours begins with them below `/v2/`, so they work as namespaces.
 */
const operatorNames: ReadonlySet<string> = new Set(['admin']);

/** Namespaces that exist from the start, are written by administrators only and registered by nobody. */
export const systemNamespaces = ['library', 'slipway-cache'] as const;

export function isReservedName(name: string): boolean {
  return operatorNames.has(name) || isTakenByTheServer(name);
}

/** Reserved for everybody, the first administrator included. */
export function isTakenByTheServer(name: string): boolean {
  return (
    reservedNames.has(name) ||
    name.startsWith('_') ||
    (systemNamespaces as readonly string[]).includes(name)
  );
}

/** Whether `/v2/<segment>/…` belongs to the Hub API rather than to the registry. */
export function isHubApiSegment(segment: string): boolean {
  return reservedNames.has(segment);
}
