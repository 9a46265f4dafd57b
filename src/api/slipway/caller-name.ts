import type { Principal } from '#identity';

/** Whose name goes with a build that somebody starts or cancels. */
export function callerName(principal: Principal): string {
  return principal.kind === 'user' ? principal.name : 'nobody';
}
