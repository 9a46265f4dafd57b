import { openGitClient } from '#githost/testing';
import { type Person, testPassword } from './test-people.ts';
import type { TestServer } from './test-server.ts';

/** Commits once and pushes that, by force, to refs of an embedded repository, with a real git client. */
export async function pushSource(
  server: Pick<TestServer, 'url'>,
  person: Person,
  { name, refs }: { readonly name: string; readonly refs: readonly string[] },
): Promise<string> {
  await using git = await openGitClient();
  const commit = await git.commit(`for ${refs.join(' ')}`);
  const url = sourceUrl(server, person, name);
  await git.run('push', '--quiet', url, ...refs.map((ref) => `+HEAD:${ref}`));
  return commit;
}

/** The address of an embedded repository with a person's name and password in it. */
export function sourceUrl(
  server: Pick<TestServer, 'url'>,
  person: Pick<Person, 'name'>,
  name: string,
): string {
  const address = new URL(`/git/${name}.git`, server.url);
  [address.username, address.password] = [person.name, encodeURIComponent(testPassword)];
  return address.href;
}
