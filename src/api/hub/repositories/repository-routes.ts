import type { Principal } from '#access';
import type { Builds } from '#builds';
import { optionalField } from '#kernel';
import { hubRepositoryOperations as operations } from '#protocol';
import type { Contents } from '#registry';
import type { Repositories, ViewedRepository } from '#repositories';
import { apiErrors } from '../../api-errors.ts';
import type { Route } from '../../kit/route.ts';
import { anybody } from '../../slipway/admission.ts';
import { askedByRoom, repositoryIn } from '../../slipway/asked-by-room.ts';
import { atBothAddresses, listRoute, route } from '../route.ts';
import { immutabilityAfter, rulesIn } from './immutability-change.ts';
import { repositoryAnswer } from './repository-answer.ts';

export interface RepositoryRouteRooms {
  readonly repositories: Repositories;
  readonly contents: Contents;
  readonly configurations: Pick<Builds['configurations'], 'setUpAmong'>;
}

/** Repositories and their settings. */
export function repositoryRoutes(rooms: RepositoryRouteRooms): readonly Route[] {
  return [...readingRoutes(rooms), ...changingRoutes(rooms)];
}

function readingRoutes(rooms: RepositoryRouteRooms): readonly Route[] {
  const { repositories } = rooms;
  return [
    ...atBothAddresses(
      listRoute(operations.list, anybody, async ({ principal, params, query, page }) => {
        const { count, repositories: found } = await repositories.viewNamespace(principal, {
          namespace: params.namespace,
          order: orders[query.ordering],
          ...optionalField('nameContains', query.name),
          offset: page.offset,
          limit: page.take,
        });
        return { count, items: await answersTo(rooms, principal, found) };
      }),
    ),
    ...atBothAddresses(
      route(operations.show, askedByRoom('viewRepository'), ({ principal, params }) =>
        show(rooms, principal, repositoryIn(params)),
      ),
    ),
  ];
}

/** Nothing counts pulls: by them all repositories are equal. */
const orders = {
  name: 'name',
  '-name': '-name',
  last_updated: 'last_updated',
  '-last_updated': '-last_updated',
  pull_count: 'name',
  '-pull_count': 'name',
} as const;

function changingRoutes(rooms: RepositoryRouteRooms): readonly Route[] {
  const { repositories } = rooms;
  return [
    route(
      operations.create,
      askedByRoom('createRepository'),
      async ({ principal, params, body }) => {
        assertOneNamespace(params.namespace, body.namespace);
        const { name } = await repositories.create(principal, {
          name: `${params.namespace}/${body.name}`,
          ...optionalField('isPrivate', body.is_private),
          ...optionalField('description', body.description),
          ...optionalField('overview', body.full_description),
        });
        return show(rooms, principal, name);
      },
    ),
    ...atBothAddresses(
      route(operations.update, askedByRoom('editRepository'), async (call) => {
        const { principal, params, body } = call;
        const { immutable_tags: isOn, immutable_tags_rules: joined } = body;
        const rules = joined === undefined ? undefined : rulesIn(joined);
        const { name } = await repositories.update(principal, repositoryIn(params), {
          ...optionalField('description', body.description),
          ...optionalField('overview', body.full_description),
          ...(isOn === undefined && rules === undefined
            ? {}
            : { immutability: (now) => immutabilityAfter({ isOn, rules }, now) }),
        });
        return show(rooms, principal, name);
      }),
    ),
    ...atBothAddresses(
      route(operations.setImmutableTags, askedByRoom('editRepository'), async (call) => {
        const { principal, params, body } = call;
        const { immutable_tags: isOn, immutable_tags_rules: rules } = body;
        const { name } = await repositories.update(principal, repositoryIn(params), {
          immutability: (now) => immutabilityAfter({ isOn, rules }, now),
        });
        return show(rooms, principal, name);
      }),
    ),
    ...atBothAddresses(
      route(operations.setPrivacy, askedByRoom('editRepository'), async (call) => {
        const { principal, params, body } = call;
        const change = { isPrivate: body.is_private };
        const { name } = await repositories.update(principal, repositoryIn(params), change);
        return show(rooms, principal, name);
      }),
    ),
    ...atBothAddresses(
      route(operations.delete, askedByRoom('deleteRepository'), async ({ principal, params }) => {
        await repositories.delete(principal, repositoryIn(params));
        return undefined;
      }),
    ),
  ];
}

async function show(rooms: RepositoryRouteRooms, principal: Principal, name: string) {
  const { overview, ...viewed } = await rooms.repositories.view(principal, name);
  const [answer] = await answersTo(rooms, principal, [viewed]);
  if (answer === undefined) throw new Error('a repository has no answer');
  return { ...answer, full_description: overview };
}

async function answersTo(
  { contents, configurations }: RepositoryRouteRooms,
  principal: Principal,
  viewed: readonly ViewedRepository[],
) {
  const ids = viewed.map(({ id }) => id);
  const builtHere = await configurations.setUpAmong(principal, ids);
  const answers = viewed.map(async (repository) => {
    const { id, lastPushedAt } = repository;
    const summary = await contents.summary(id, lastPushedAt);
    return repositoryAnswer(repository, { contents: summary, isBuiltHere: builtHere.has(id) });
  });
  return Promise.all(answers);
}

/** Some clients name it in the body as well. */
function assertOneNamespace(inPath: string, inBody = inPath): void {
  if (inBody === inPath) return;
  const fields = [{ field: 'namespace', problem: `the address says ${inPath.slice(0, 100)}` }];
  throw apiErrors.fail('VALIDATION_FAILED', 'namespace: the address names another one', {
    detail: { fields },
  });
}
