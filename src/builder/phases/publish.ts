import type { PublishReport } from '#protocol';
import type { PhaseLog } from '../log/attempt-log.ts';
import type { AttemptClient } from '../server/attempt-client.ts';
import { AttemptFailure } from './attempt-failure.ts';

type TagReport = PublishReport['tags'][number];

/**
 * Has the server move the tags that the attempt pushed, and says what became of each. A tag that a
 * newer build has set stays, which is no failure. Throws `publish_refused` when a rule forbids one.
 */
export async function publish(
  client: Pick<AttemptClient, 'publish'>,
  log: PhaseLog,
): Promise<void> {
  const { tags } = await client.publish();
  if (tags.length === 0) log.say('Nothing new was pushed, so that no tag moves.');
  for (const report of tags) log.say(describe(report));
  const refused = tags.filter(({ outcome }) => outcome === 'refused');
  if (refused.length === 0) return;
  throw new AttemptFailure('publish_refused', refused.map(describe).join('; '));
}

function describe({ tag, digest, outcome, message }: TagReport): string {
  if (outcome === 'moved') return `${tag} is now ${digest}`;
  return `${tag} not moved: ${message ?? 'the server gave no reason'}`;
}
