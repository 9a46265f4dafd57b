import { buildConfigurationOperations, repositoryOperations } from '#protocol';
import { pushSource } from './source-push.ts';
import type { TestServer } from './test-server.ts';

export interface BuildableOptions {
  readonly isPrivate?: boolean;
  /** One rule a branch; `main` alone by default. */
  readonly branches?: readonly string[];
}

/**
 * A repository of Ada's whose branches are pushed and that builds them when asked: nothing is
 * started by the push itself.
 */
export async function makeBuildable(
  server: TestServer,
  name: string,
  { isPrivate = false, branches = ['main'] }: BuildableOptions = {},
): Promise<void> {
  const { client } = server.ada;
  const params = { namespace: 'ada', name };
  await client.call(repositoryOperations.create, { body: { name: `ada/${name}`, isPrivate } });
  const rules = branches.map((branch) => ({
    source: branch,
    dockerTags: branch,
    autobuild: false,
  }));
  await client.call(buildConfigurationOperations.save, { params, body: { rules } });
  const refs = branches.map((branch) => `refs/heads/${branch}`);
  await pushSource(server, server.ada, { name: `ada/${name}`, refs });
}
