import { type Role, roles } from '#kernel';

/** Whether a role that somebody may have includes another. */
export function includesRole(held: Role | undefined, needed: Role): boolean {
  return held !== undefined && roles.indexOf(held) >= roles.indexOf(needed);
}

/** The higher of two roles. */
export function greaterRole(one: Role | undefined, other: Role | undefined): Role | undefined {
  return other !== undefined && !includesRole(one, other) ? other : one;
}
