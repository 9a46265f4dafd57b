import type { RegistryAction, RepositoryName } from '#kernel';
import type { Actor, RepositoryId } from '../publish-rules.ts';

/**
 * The edge's port for "who is this, and may they": satisfied by `app` from tokens, accounts and
 * repositories, of which the registry knows nothing.
 */
export interface RegistryAccess {
  /**
   * Decides one request. A repository that the caller may not see and one that does not exist give
   * the same answer. A permitted push to a name that does not exist yet creates the repository.
   */
  authorize(request: AccessRequest): Promise<AccessDecision>;

  /**
   * For a request to `/v2/` itself, which names no repository: the challenge for nobody in
   * particular, `undefined` for somebody known.
   */
  identify(
    request: Pick<AccessRequest, 'authorization' | 'remoteAddress'>,
  ): Promise<AccessChallenge | TriesSpent | undefined>;
}

export interface AccessRequest {
  /** The Authorization header as it came. */
  readonly authorization: string | undefined;
  readonly remoteAddress: string;
  readonly name: RepositoryName;
  readonly action: RegistryAction;
}

export type AccessDecision =
  | { readonly kind: 'granted'; readonly repositoryId: RepositoryId; readonly actor: Actor }
  | AccessChallenge
  | TriesSpent
  /** 403: known, and not allowed. */
  | { readonly kind: 'denied'; readonly message: string }
  /** 404 NAME_UNKNOWN: allowed to look, and there is nothing. */
  | { readonly kind: 'unknown' };

/** 401 with this value of WWW-Authenticate: no credential, or one that says too little. */
export interface AccessChallenge {
  readonly kind: 'unauthenticated';
  readonly challenge: string;
  readonly message: string;
}

/** 429: no credential is looked at before so long, be it right or wrong. */
export interface TriesSpent {
  readonly kind: 'tries-spent';
  readonly message: string;
  readonly retryAfterSeconds: number;
}
