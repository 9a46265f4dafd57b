import { nameOf, type Principal } from '#access';
import { buildConfigurationOperations as operations } from '#protocol';
import type { Repository } from '#repositories';
import type { Route } from '../kit/route.ts';
import { configurationAnswer } from './build-configuration-answer.ts';
import { repositoryAccess } from './repository-access.ts';
import { notSetUp, requireConfiguration } from './require-configuration.ts';
import { route } from './route.ts';
import { type ConfigurationRooms, saveConfiguration } from './save-configuration.ts';

/** How repositories are built: source, rules, tests, variables. */
export function buildConfigurationRoutes(rooms: ConfigurationRooms): readonly Route[] {
  const { repositories, builds } = rooms;
  const { configurations } = builds;
  return [
    route(
      operations.show,
      repositoryAccess(repositories, 'viewBuilds'),
      async ({ principal, repository }) =>
        configurationAnswer(rooms, principal, await requireConfiguration(rooms, repository)),
    ),
    route(operations.save, repositoryAccess(repositories, 'editBuildSettings'), async (call) => {
      const { principal, repository, body, query } = call;
      await saveConfiguration(rooms, { principal, repository, body });
      const startedBuilds = query.build === 'true' ? await startTrial(rooms, call) : [];
      const saved = await requireConfiguration(rooms, repository);
      return { ...(await configurationAnswer(rooms, principal, saved)), startedBuilds };
    }),
    route(
      operations.remove,
      repositoryAccess(repositories, 'deleteBuildSettings'),
      async ({ repository }) => {
        if (!(await configurations.remove(repository.id))) throw notSetUp(repository);
        return undefined;
      },
    ),
  ];
}

/** The newest commit of every rule that names one branch or tag. */
async function startTrial(
  { builds }: ConfigurationRooms,
  { principal, repository }: { readonly principal: Principal; readonly repository: Repository },
): Promise<number[]> {
  const started = await builds.start({
    repositoryId: repository.id,
    startedBy: nameOf(principal),
    cause: 'save',
  });
  return [...started.builds];
}
