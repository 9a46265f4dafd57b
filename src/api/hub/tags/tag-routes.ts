import { type Principal, subjectOf } from '#access';
import type { Accounts } from '#accounts';
import { type Clock, optionalField, parseTag } from '#kernel';
import { hubTagOperations as operations } from '#protocol';
import { type DescribedTag, type Registry, registryErrors } from '#registry';
import type { Repositories, Repository } from '#repositories';
import { apiErrors } from '../../api-errors.ts';
import type { Route } from '../../kit/route.ts';
import { askedByRoom, repositoryIn } from '../../slipway/asked-by-room.ts';
import { atBothAddresses, listRoute, route } from '../route.ts';
import { tagAnswer } from './tag-answer.ts';
import { findUpdaters } from './tag-updaters.ts';

export interface TagRouteRooms {
  readonly accounts: Accounts;
  readonly repositories: Repositories;
  readonly registry: Registry;
  readonly clock: Clock;
}

/** Hub's orders of tags are the reverse of what its `-` says elsewhere. */
const orders = {
  last_updated: 'newest',
  '-last_updated': 'oldest',
  name: 'z-a',
  '-name': 'a-z',
} as const;

export function tagRoutes(rooms: TagRouteRooms): readonly Route[] {
  const { repositories, registry } = rooms;
  return [
    ...atBothAddresses(
      listRoute(operations.list, askedByRoom('viewRepository'), async (call) => {
        const { principal, params, query, page } = call;
        const repository = await repositories.show(principal, repositoryIn(params));
        const { tags, count } = await registry.tags.page(repository.id, {
          order: orders[query.ordering],
          offset: page.offset,
          limit: page.take,
          ...optionalField('nameContains', query.name),
        });
        return { count, items: await answersTo(rooms, repository, tags) };
      }),
    ),
    ...atBothAddresses(
      route(operations.show, askedByRoom('viewRepository'), async ({ principal, params }) => {
        const repository = await repositories.show(principal, repositoryIn(params));
        const tag = await registry.tags.describe(repository.id, parseTag(params.tag));
        const [answer] = tag === undefined ? [] : await answersTo(rooms, repository, [tag]);
        if (answer === undefined) throw noTag(params.tag);
        return answer;
      }),
    ),
    ...atBothAddresses(
      route(operations.delete, askedByRoom('deleteImages'), async ({ principal, params }) => {
        await removeTag(rooms, principal, params);
        return undefined;
      }),
    ),
  ];
}

async function answersTo(
  { accounts, clock }: TagRouteRooms,
  repository: Repository,
  tags: readonly DescribedTag[],
) {
  const updaterOf = await findUpdaters(accounts, repository, tags);
  const now = clock.now();
  return tags.map((tag) =>
    tagAnswer(tag, { repositoryId: repository.id, now, updater: updaterOf(tag) }),
  );
}

async function removeTag(
  { repositories, registry }: TagRouteRooms,
  principal: Principal,
  params: { readonly namespace: string; readonly name: string; readonly tag: string },
): Promise<void> {
  const repository = await repositories.admit(principal, repositoryIn(params), 'deleteImages');
  const { id: repositoryId, name: repositoryName } = repository;
  const actor = { subject: subjectOf(principal) };
  const visit = { repositoryId, repositoryName, actor };
  try {
    await registry.tags.remove(visit, parseTag(params.tag));
  } catch (error) {
    throw registryErrors.is(error) && error.code === 'MANIFEST_UNKNOWN' ? noTag(params.tag) : error;
  }
}

function noTag(tag: string) {
  return apiErrors.fail('NOT_FOUND', `the tag ${tag.slice(0, 128)} is not found`);
}
