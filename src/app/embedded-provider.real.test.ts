import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGitHost, githostMigrations } from '#githost';
import { openGitClient } from '#githost/testing';
import { systemClock } from '#kernel';
import { openTestDatabase } from '#platform/db/testing';
import { providerContract } from '#sources/testing';
import { createEmbeddedProvider } from './embedded-provider.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

providerContract('the embedded git host', async () => {
  await using opened = new AsyncDisposableStack();
  const { path } = opened.use(await temporaryFolder());
  const database = opened.use(await openTestDatabase('sqlite', githostMigrations));
  const client = opened.use(await openGitClient());
  const folder = join(path, 'git');
  const kept = opened.move();
  return {
    provider: createEmbeddedProvider(createGitHost({ database, clock: systemClock, folder })),
    name: 'ada/app',
    push: async (...refs) => {
      const commit = await client.commit(`for ${refs.map(({ name }) => name).join(' ')}`);
      const groups = { branch: 'heads', tag: 'tags' };
      const specs = refs.map(({ type, name }) => `HEAD:refs/${groups[type]}/${name}`);
      await client.run('push', '--quiet', join(folder, '1.git'), ...specs);
      return commit;
    },
    breakDown: async () => {
      await rm(folder, { recursive: true, force: true });
      await writeFile(folder, 'a file where the folder was');
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
});
