import { type Build, buildOperations } from '#protocol';
import type { TestServer } from './test-server.ts';

/** Starts the newest build of a branch of Ada's repository; see `makeBuildable`. */
export async function startBuild(
  { ada }: TestServer,
  repository: string,
  branch = 'main',
): Promise<Build['id']> {
  const started = await ada.client.call(buildOperations.start, {
    params: { namespace: 'ada', name: repository },
    body: { ref: { type: 'branch', name: branch } },
  });
  const [id] = started.builds;
  if (id === undefined) throw new Error(`nothing was started: ${started.notes.join('; ')}`);
  return id;
}
