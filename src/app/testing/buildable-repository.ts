import { buildConfigurationOperations, repositoryOperations } from '#protocol';
import { pushSource } from './source-push.ts';
import type { Person } from './test-people.ts';
import type { TestServer } from './test-server.ts';

export interface BuildableOptions {
  /** Ada, unless said otherwise. */
  readonly owner?: Person;
  readonly isPrivate?: boolean;
  /** One rule a branch; `main` alone by default. */
  readonly branches?: readonly string[];
}

/**
 * A repository whose branches are pushed and that builds them when asked: nothing is
 * started by the push itself.
 */
export async function makeBuildable(
  server: TestServer,
  name: string,
  { owner = server.ada, isPrivate = false, branches = ['main'] }: BuildableOptions = {},
): Promise<void> {
  const { client } = owner;
  const params = { namespace: owner.name, name };
  const repository = `${owner.name}/${name}`;
  await client.call(repositoryOperations.create, { body: { name: repository, isPrivate } });
  const rules = branches.map((branch) => ({
    source: branch,
    dockerTags: branch,
    autobuild: false,
  }));
  await client.call(buildConfigurationOperations.save, { params, body: { rules } });
  const refs = branches.map((branch) => `refs/heads/${branch}`);
  await pushSource(server, owner, { name: repository, refs });
}
