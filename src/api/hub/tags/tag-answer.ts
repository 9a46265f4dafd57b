import type { Instant } from '#kernel';
import type { HubTag } from '#protocol';
import type { DescribedImage, DescribedTag } from '#registry';
import { hubTimeText } from '../hub-time.ts';

export interface TagSetting {
  readonly repositoryId: number;
  readonly now: Instant;
  /** Who set the tag. */
  readonly updater: Updater;
}

export interface Updater {
  /** 0 where it is nobody with an account. */
  readonly id: number;
  readonly name: string;
}

/** A tag with every key that Hub's has. Nothing counts pulls here. */
export function tagAnswer(
  { id, tag, digest, movedAt, mediaType, contentType, images }: DescribedTag,
  { repositoryId, now, updater }: TagSetting,
): HubTag {
  return {
    creator: updater.id,
    id,
    images: images.map((image) => imageAnswer(image, now)),
    last_updated: hubTimeText(movedAt),
    last_updater: updater.id,
    last_updater_username: updater.name,
    name: tag,
    repository: repositoryId,
    full_size: mainImage(images)?.bytes ?? 0,
    v2: true,
    tag_status: activityAt(movedAt, now),
    tag_last_pulled: null,
    tag_last_pushed: hubTimeText(movedAt),
    media_type: mediaType,
    content_type: contentType,
    digest,
  };
}

function imageAnswer(
  { digest, platform, bytes, pushedAt }: DescribedImage,
  now: Instant,
): HubTag['images'][number] {
  return {
    architecture: platform.architecture ?? 'unknown',
    features: '',
    variant: platform.variant ?? null,
    digest,
    os: platform.os ?? null,
    os_features: platform.osFeatures?.join(',') ?? null,
    os_version: platform.osVersion ?? null,
    size: bytes,
    status: activityAt(pushedAt, now),
    last_pulled: null,
    last_pushed: hubTimeText(pushedAt),
  };
}

/** Of several, the one that most people pull. */
function mainImage(images: readonly DescribedImage[]): DescribedImage | undefined {
  return (
    images.find(
      ({ platform: { os, architecture } }) => os === 'linux' && architecture === 'amd64',
    ) ?? images[0]
  );
}

const monthMilliseconds = 30 * 24 * 3_600_000;

function activityAt(changedAt: Instant, now: Instant): HubTag['tag_status'] {
  return now - changedAt < monthMilliseconds ? 'active' : 'inactive';
}
