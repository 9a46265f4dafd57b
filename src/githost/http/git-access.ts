import type { RepositoryName } from '#kernel';

/**
 * The edge's port for "who is this, and may they": satisfied by `app` from tokens and accounts, of
 * which the git host knows nothing.
 */
export interface GitAccess {
  /**
   * Decides one request. Asked before anything is looked up, so a repository that the caller may not
   * see and one that does not exist give the same answer.
   */
  authorize(request: GitAccessRequest): Promise<GitAccessDecision>;
}

export type GitAction = 'read' | 'write';

export interface GitAccessRequest {
  /** The Authorization header as it came. */
  readonly authorization: string | undefined;
  readonly remoteAddress: string;
  readonly name: RepositoryName;
  readonly action: GitAction;
}

export interface GitGranted {
  readonly kind: 'granted';
  readonly subject: string;
  /** Of a write: the repository is not there, or nothing is built from it, and a push may change that. */
  readonly firstPush?: FirstPush;
}

/** Makes what a first push needs. May be called by several at once, of which one makes it. */
export interface FirstPush {
  /** With the branch that is to be built, where the push brings one. */
  make(branch: string | undefined): Promise<FirstPushOutcome>;
}

export type FirstPushOutcome =
  /** With words for the pusher. */
  | { readonly kind: 'made'; readonly message: string }
  | { readonly kind: 'denied'; readonly message: string };

export type GitAccessDecision =
  | GitGranted
  /** 401: no credential, or a wrong one. */
  | { readonly kind: 'unauthenticated'; readonly message: string }
  /** 429: no credential is looked at before so long; at a 401 git would forget a right one. */
  | { readonly kind: 'tries-spent'; readonly message: string; readonly retryAfterSeconds: number }
  /** 403: may see the repository, and not do this. */
  | { readonly kind: 'denied'; readonly message: string }
  /** 404: may not know whether there is such a repository. */
  | { readonly kind: 'unknown' };
