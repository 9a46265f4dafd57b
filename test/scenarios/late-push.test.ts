import { expect, test } from 'vitest';
import { createBuilderClient } from '#builder';
import { mediaTypes } from '#kernel';
import { digestOf } from '#platform/crypto';
import { type Assignment, repositoryOperations } from '#protocol';
import { builderToken } from './installation.ts';
import { openStage, repository, type Stage } from './stage.ts';
import { cancel, loseBuilder, push, untilState } from './steps.ts';

const rules = [{ source: 'main', dockerTags: 'latest' }];

test.concurrent('an attempt pushes nothing any more from the moment its build is canceled', async () => {
  await using stage = await openStage({}, { rules });
  await loseBuilder(stage);
  await push('main')(stage);
  const leave = new AbortController();
  const assignment = await takeAssignment(stage, leave.signal);
  expect(await pushManifest(stage, assignment)).toBe(201);

  await cancel(1)(stage);
  const late = await pushManifest(stage, assignment);

  expect([401, 403]).toContain(late);
  await untilState(1, 'canceling')(stage);
  const { items } = await stage.client.call(repositoryOperations.listTags, { params: repository });
  expect(items).toEqual([]);
  leave.abort();
});

/** Plays a builder that has a mind of its own. */
async function takeAssignment({ installation }: Stage, signal: AbortSignal): Promise<Assignment> {
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
    for await (const event of client.openSession(request, signal)) {
      if (event.type === 'assignment') assigned.resolve(event.assignment);
    }
  };
  listen().catch(assigned.reject);
  return assigned.promise;
}

async function pushManifest({ installation }: Stage, { token }: Assignment): Promise<number> {
  const registry = `${installation.serverUrl}/v2/${repository.namespace}/${repository.name}`;
  const authorization = `Bearer ${token}`;
  const configuration = Buffer.from('{}');
  const digest = digestOf(configuration);
  const upload = await fetch(`${registry}/blobs/uploads/?digest=${digest}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/octet-stream' },
    body: configuration,
  });
  if (!upload.ok) return upload.status;
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest },
    layers: [],
  };
  const answer = await fetch(`${registry}/manifests/latest`, {
    method: 'PUT',
    headers: { authorization, 'content-type': mediaTypes.ociManifest },
    body: JSON.stringify(manifest),
  });
  return answer.status;
}
