import type { Digest, RepositoryName, Tag } from '#kernel';
import type { WriteTransaction } from '#platform/db';

/** A repository as the registry knows it: a number that outlives its name. Handed in by the edge. */
export type RepositoryId = number;

/**
 * Where an unfinished publication keeps its tags: an opaque name such as `attempt-41`. What is
 * pushed to a stage is seen by that stage alone until `publishStage` moves its tags.
 */
export type StageId = string;

/** Who changes something. `subject` is opaque to the registry: `user-7`, `attempt-41`. */
export interface Actor {
  readonly subject: string;
  /** Present: what this actor pushes is staged, and what it reads includes its stage. */
  readonly stage?: StageId;
}

/**
 * The registry's one port for rules of others: immutability, an attempt's fence, quotas, events. Every function runs with the handle of the transaction that makes the
 * change, so what it decides still holds when the change is committed. Several rules are asked in
 * order; the first that throws ends the change.
 */
export interface PublishRules {
  /**
   * Before bytes of a manifest enter a repository, tagged or not. Throws `DENIED` to refuse, with a
   * message for the person who pushes.
   */
  beforeManifestPut(tx: WriteTransaction, intent: ManifestPutIntent): Promise<void>;
  /** Before a tag is made or pointed elsewhere for all to see. Not asked when a tag is staged. */
  beforeTagMove(tx: WriteTransaction, intent: TagMoveIntent): Promise<void>;
  /** Before a tag is removed. */
  beforeTagDelete(tx: WriteTransaction, intent: TagDeleteIntent): Promise<void>;
  /** Before a manifest leaves a repository together with the tags that point to it. */
  beforeManifestDelete(tx: WriteTransaction, intent: ManifestDeleteIntent): Promise<void>;
  /** After the rows have changed and before the commit: stamps and the outbox of events. */
  afterChange(tx: WriteTransaction, change: RegistryChange): Promise<void>;
}

export interface ManifestPutIntent {
  readonly repositoryId: RepositoryId;
  readonly repositoryName: RepositoryName;
  readonly actor: Actor;
  readonly digest: Digest;
}

export interface TagMoveIntent {
  readonly repositoryId: RepositoryId;
  readonly repositoryName: RepositoryName;
  readonly actor: Actor;
  readonly tag: Tag;
  /** Where it points now; absent for a new tag. */
  readonly from?: Digest;
  readonly to: Digest;
}

export interface TagDeleteIntent {
  readonly repositoryId: RepositoryId;
  readonly actor: Actor;
  readonly tag: Tag;
  readonly digest: Digest;
}

export interface ManifestDeleteIntent {
  readonly repositoryId: RepositoryId;
  readonly actor: Actor;
  readonly digest: Digest;
  /** The tags that would go with it. */
  readonly tags: readonly Tag[];
}

export type RegistryChange =
  | {
      readonly kind: 'tag-moved';
      readonly repositoryId: RepositoryId;
      readonly actor: Actor;
      readonly tag: Tag;
      readonly digest: Digest;
    }
  | {
      readonly kind: 'manifest-put' | 'manifest-deleted';
      readonly repositoryId: RepositoryId;
      readonly actor: Actor;
      readonly digest: Digest;
    }
  | {
      readonly kind: 'tag-deleted';
      readonly repositoryId: RepositoryId;
      readonly actor: Actor;
      readonly tag: Tag;
      readonly digest: Digest;
    };
