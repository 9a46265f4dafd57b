import { describe, expect, test } from 'vitest';
import { parseRepositoryName } from '#kernel';
import { type GitClient, openGitClient } from '../testing/git-client.ts';
import { startTestGitHost } from '../testing/test-git-host.ts';

const noTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const ada = 'Ada <ada@example.com> 1 +0000';

interface Lines {
  readonly tree?: string;
  readonly author?: string;
  readonly text?: string;
}

/** A commit with an author's line as it is given. */
function keepCommit(client: GitClient, { tree = noTree, author = ada, text = 'old' }: Lines) {
  const lines = `tree ${tree}\nauthor ${author}\ncommitter ${ada}\n\n${text}\n`;
  return client.keepObject('commit', lines);
}

interface Entry {
  readonly mode?: string;
  readonly name: string;
  /** The content of the file. */
  readonly content?: string;
  /** Instead of a file's. */
  readonly id?: string;
}

/** A tree with one entry, as it is given. */
async function keepTree(client: GitClient, { mode = '100644', name, content, id }: Entry) {
  const entry = id ?? (await client.keepObject('blob', content ?? 'a file'));
  const bytes = Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(entry, 'hex')]);
  return client.keepObject('tree', bytes);
}

async function pushCommit(client: GitClient, commit: string) {
  await using host = await startTestGitHost();
  await client.run('push', '--quiet', host.urlOf('ada/app', 'ada'), `${commit}:refs/heads/main`);
  return host.pushes.at(-1)?.refs;
}

describe('what old tools wrote, and what harms nobody, is taken', () => {
  test.each([
    ['badTimezone', { author: 'Ada <ada@example.com> 1 +051800' }],
    ['missingSpaceBeforeEmail', { author: 'Ada<ada@example.com> 1 +0000' }],
    ['missingSpaceBeforeDate', { author: 'Ada <ada@example.com>1 +0000' }],
    ['missingNameBeforeEmail', { author: '<ada@example.com> 1 +0000' }],
    ['missingEmail', { author: 'nobody' }],
    ['badEmail', { author: 'Ada <ada@<example.com> 1 +0000' }],
    ['badName', { author: 'Ada> <ada@example.com> 1 +0000' }],
    ['badDate', { author: 'Ada <ada@example.com> long ago' }],
    ['badDateOverflow', { author: 'Ada <ada@example.com> 99999999999999999999 +0000' }],
    ['zeroPaddedDate', { author: 'Ada <ada@example.com> 01 +0000' }],
    ['multipleAuthors', { author: `${ada}\nauthor ${ada}` }],
    ['nulInCommit', { text: 'a NUL \0 in it' }],
  ])('%s', async (id, lines) => {
    await using client = await openGitClient();
    await client.commit('the first');
    const commit = await keepCommit(client, lines);
    await expect(client.run('fsck', '--strict', commit)).rejects.toThrow(id);

    expect(await pushCommit(client, commit)).toMatchObject([{ name: 'main', commit }]);
  });

  test('zeroPaddedFilemode', async () => {
    await using client = await openGitClient();
    const tree = await keepTree(client, { mode: '0100644', name: 'file' });
    const commit = await keepCommit(client, { tree });

    expect(await pushCommit(client, commit)).toMatchObject([{ name: 'main', commit }]);
  });
});

describe('A22 what could harm whoever clones it is refused, with the object and the reason', () => {
  const submodule = (lines: string) => `[submodule "lib"]\n${lines}\n`;

  test.each<[string, Entry]>([
    ['hasDotgit', { name: '.git' }],
    ['hasDotgit', { name: '.GIT', mode: '40000', id: noTree }],
    ['hasDot', { name: '.' }],
    ['hasDotdot', { name: '..', mode: '40000', id: noTree }],
    ['fullPathname', { name: 'a/../../b' }],
    ['gitmodulesSymlink', { name: '.gitmodules', mode: '120000' }],
    ['gitmodulesUrl', { name: '.gitmodules', content: submodule('url = --upload-pack=id') }],
    ['gitmodulesPath', { name: '.gitmodules', content: submodule('path = --x') }],
    ['gitmodulesUpdate', { name: '.gitmodules', content: submodule('update = !id') }],
    ['gitmodulesName', { name: '.gitmodules', content: '[submodule "../../lib"]\nurl = a\n' }],
  ])('%s: %o', async (id, entry) => {
    await using client = await openGitClient();
    const tree = await keepTree(client, entry);
    const commit = await keepCommit(client, { tree });
    const blamed = /^gitmodules(?!Symlink)/.test(id) ? '[0-9a-f]{40}' : tree;

    const push = pushCommit(client, commit);

    await expect(push).rejects.toThrow(new RegExp(`remote: error: object ${blamed}: ${id}: `));
  });

  test('nullSha1', async () => {
    await using client = await openGitClient();
    await using host = await startTestGitHost();
    const id = '0'.repeat(40);
    const tree = await keepTree(client, { name: 'lib', mode: '160000', id });
    const commit = await keepCommit(client, { tree });

    const push = client.run('push', host.urlOf('ada/app', 'ada'), `${commit}:refs/heads/main`);

    await expect(push).rejects.toThrow(`object ${tree}: nullSha1: `);
    expect(await host.repositories.readRefs(parseRepositoryName('ada/app'))).toMatchObject({
      refs: [],
    });
  });
});
