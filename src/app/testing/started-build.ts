import { type Build, buildOperations } from '#protocol';
import type { TestServer } from './test-server.ts';

/** Builds a branch of a repository (Ada's, unless said otherwise); see `makeBuildable`. */
export async function startBuild(
  { ada }: Pick<TestServer, 'ada'>,
  repository: string,
  branch = 'main',
  owner = ada,
): Promise<Build['id']> {
  const started = await owner.client.call(buildOperations.start, {
    params: { namespace: owner.name, name: repository },
    body: { ref: { type: 'branch', name: branch } },
  });
  const [id] = started.builds;
  if (id === undefined) throw new Error(`nothing was started: ${started.notes.join('; ')}`);
  return id;
}
