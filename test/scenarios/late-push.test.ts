import { expect, test } from 'vitest';
import { createBuilderClient } from '#builder';
import { parseReference, systemClock } from '#kernel';
import { type Assignment, repositoryOperations } from '#protocol';
import { createRegistryClient, imageContent, putImage } from '#transfer';
import { builderToken } from './installation.ts';
import { openScene, repository, type Scene } from './scene.ts';
import { cancel, loseBuilder, push, untilState } from './steps.ts';

const rules = [{ source: 'main', dockerTags: 'latest' }];

test.concurrent('an attempt pushes nothing any more from the moment its build is canceled', async () => {
  await using scene = await openScene({}, { rules });
  await loseBuilder(scene);
  await push('main')(scene);
  const leave = new AbortController();
  const assignment = await takeAssignment(scene, leave.signal);
  await pushImage(scene, assignment);

  await cancel(1)(scene);
  const late = pushImage(scene, assignment);

  await expect(late).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
  await untilState(1, 'canceling')(scene);
  const { items } = await scene.client.call(repositoryOperations.listTags, { params: repository });
  expect(items).toEqual([]);
  leave.abort();
});

/** Plays a builder that has a mind of its own. */
async function takeAssignment({ installation }: Scene, signal: AbortSignal): Promise<Assignment> {
  const client = createBuilderClient({ serverUrl: installation.serverUrl, token: builderToken });
  const request = {
    name: 'stubborn',
    slots: 1,
    platforms: ['linux/amd64'],
    versions: {},
    running: [],
  };
  const assigned = Promise.withResolvers<Assignment>();
  const listen = async () => {
    for await (const event of client.openConnection(request, signal)) {
      if (event.type === 'assignment') assigned.resolve(event.assignment);
    }
  };
  listen().catch(assigned.reject);
  return assigned.promise;
}

async function pushImage({ installation }: Scene, { token }: Assignment): Promise<void> {
  await using client = createRegistryClient({
    registry: installation.serverUrl,
    credential: { kind: 'bearer', token },
    clock: systemClock,
  });
  const name = `${repository.namespace}/${repository.name}`;
  await putImage(client.repository(name), parseReference('latest'), imageContent({}));
}
