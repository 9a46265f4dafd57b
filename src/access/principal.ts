import type { Instant, NamespaceName, RepositoryName, TokenScope } from '#kernel';

/**
 * Who asks: what every use case takes. Which kinds there are is this room's to know: all others ask
 * the functions below and `decide…`.
 */
export type Principal = Nobody | Person | OrganizationToken | AttemptPrincipal;

/** Who sent no credential. */
export interface Nobody {
  readonly kind: 'nobody';
}

export interface Person {
  readonly kind: 'person';
  readonly accountId: number;
  /** What grants name the person by. */
  readonly granteeId: number;
  readonly name: NamespaceName;
  /** Of this server, not of an organization. */
  readonly isAdministrator: boolean;
  /** What the person logged in with: it limits what the person may do. */
  readonly credential: Credential;
}

export type Credential =
  | {
      readonly kind: 'password';
      /** Which password it was: a later one ends the log-in. */
      readonly passwordChangedAt: Instant;
      /** Of a log-in that goes on; absent where the password itself came along. */
      readonly sessionId?: string;
    }
  | { readonly kind: 'pat'; readonly id: string; readonly scope: TokenScope };

/** A credential that belongs to an organization and to none of its people. */
export interface OrganizationToken {
  readonly kind: 'organization-token';
  readonly id: string;
  /** What grants name the token by: it has what it was granted, and none of its maker's rights. */
  readonly granteeId: number;
  readonly organization: NamespaceName;
  /** Whether it reads public repositories beside those that it was granted. */
  readonly readsPublic: boolean;
}

/** A try of a build, by the token that its builder was given with it. */
export interface AttemptPrincipal {
  readonly kind: 'attempt';
  /** `41-2`. */
  readonly attemptId: string;
  readonly buildId: number;
  /** The repository that is built: what it pushes to, and whose namespace it reads. */
  readonly repositoryId: number;
  readonly repositoryName: RepositoryName;
  /** What it is built from. */
  readonly sourceId: number;
}

export const nobody: Nobody = { kind: 'nobody' };

export function isPerson(principal: Principal): principal is Person {
  return principal.kind === 'person';
}

export function isLoggedIn(principal: Principal): boolean {
  return principal.kind !== 'nobody';
}

/** Not of an organization: of all there is. */
export function isServerAdministrator(principal: Principal): principal is Person {
  return isPerson(principal) && principal.isAdministrator;
}

/** Who did something, for rows that outlive names: opaque text such as `user-7` or `attempt-41-2`. */
export function subjectOf(principal: Principal): string {
  switch (principal.kind) {
    case 'nobody':
      return 'anonymous';
    case 'person':
      return `${personPrefix}${principal.accountId}`;
    case 'organization-token':
      return `organization-token-${principal.id}`;
    case 'attempt':
      return attemptSubject(principal.attemptId);
  }
}

/** What people call who did something: "canceled by ada". */
export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case 'nobody':
      return 'nobody';
    case 'person':
      return principal.name;
    case 'organization-token':
      return `a token of ${principal.organization}`;
    case 'attempt':
      return `build ${principal.buildId}`;
  }
}

/** The stage that what it pushes waits on; `undefined` for who pushes straight into the repository. */
export function stageOf(principal: Principal): string | undefined {
  return principal.kind === 'attempt' ? attemptSubject(principal.attemptId) : undefined;
}

const personPrefix = 'user-';

/** Whose subject it is; `undefined` for subjects that are no person's. */
export function accountIdOf(subject: string): number | undefined {
  const id = subject.startsWith(personPrefix) ? subject.slice(personPrefix.length) : '';
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : undefined;
}

const attemptPrefix = 'attempt-';

/** An attempt's subject, which is also the name of its stage, for who has nothing but its id. */
export function attemptSubject(attemptId: string): string {
  return `${attemptPrefix}${attemptId}`;
}

/** Which attempt a subject is; `undefined` for subjects that are none. */
export function attemptIdOf(subject: string): string | undefined {
  return subject.startsWith(attemptPrefix) ? subject.slice(attemptPrefix.length) : undefined;
}
