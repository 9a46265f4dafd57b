import { nameOf, type Principal } from '#access';

/** Whose name goes with a build that somebody starts or cancels. */
export function callerName(principal: Principal): string {
  return nameOf(principal);
}
