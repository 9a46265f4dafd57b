import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SlipwayClient } from '#client';
import { accountOperations, type BuildReport, repositoryOperations } from '#protocol';
import { openProgram, type Program } from '../e2e/program.ts';
import { endOf, logOf, openProject, type Project } from '../e2e/project.ts';
import { connect, owner, reader } from '../scenarios/people.ts';

const secret = 'hunter2-hunter2-hunter2';
const escapes = '\u001b]0;title\u0007\u001b[2J';

/** Asks the gateway, and says what it answered: `asked NAME STATUS`. */
const askFunction = `
base=$(git config remote.origin.url | sed 's|/git/.*||')
ask() {
  name=$1 method=$2 path=$3; shift 3
  status=$(curl --silent --path-as-is --max-time 20 -X "$method" "$@" \\
    -D /tmp/head -o /tmp/body -w '%{http_code}' "$base$path" || true)
  echo "asked $name $status"
  if grep -q slip_att_ /tmp/head /tmp/body; then echo "LEAK in the answer to $name"; fi
}`;

const emptyImage = 'tar --create --files-from /dev/null | docker import - "$IMAGE_NAME"';

const reachingOut = `#!/bin/bash
${askFunction}
ask own-tags GET /v2/ada/attack/tags/list
ask other-tags GET /v2/grace/private/tags/list
ask other-manifest GET /v2/grace/private/manifests/latest
ask other-push POST /v2/grace/private/blobs/uploads/
ask sibling-push POST /v2/ada/sibling/blobs/uploads/
ask library-push POST /v2/library/evil/blobs/uploads/
ask cache-push POST /v2/slipway-cache/evil/blobs/uploads/
ask cache-tags GET /v2/slipway-cache/ada/attack/tags/list
ask mount POST '/v2/ada/attack/blobs/uploads/?mount=sha256:${'a'.repeat(64)}&from=grace/private'
ask own-delete DELETE /v2/ada/attack/manifests/latest
ask own-blob-delete DELETE /v2/ada/attack/blobs/sha256:${'a'.repeat(64)}
ask catalog GET /v2/_catalog
ask api GET /api/v1/users/me
ask builder-connection POST /api/builder/v1/connection
ask hub-login POST /v2/users/login
ask upward GET /v2/ada/../../api/v1/tags/list
ask escaped GET /v2/ada%2F..%2Fgrace/private/tags/list
ask other-source GET '/git/grace/private.git/info/refs?service=git-upload-pack'
ask sibling-source GET '/git/ada/sibling.git/info/refs?service=git-upload-pack'
ask sibling-write GET '/git/ada/sibling.git/info/refs?service=git-receive-pack'
ask source-write GET '/git/ada/attack.git/info/refs?service=git-receive-pack'
git push origin HEAD:refs/heads/evil && echo 'LEAK: the source was written to'
${emptyImage}
`;

const lookingAround = `#!/bin/bash
git log -1 --format=%B
echo "variable is $PASSWORD; message is $COMMIT_MSG"
echo "$PASSWORD" | base64
token=slip_; token=\${token}att_
env | grep -q $token && echo 'LEAK in the environment'
cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline > /root/processes 2>/dev/null
grep -qa $token /root/processes && echo 'LEAK in a process'
git config --list --show-origin | grep -q $token && echo "LEAK in git's configuration"
grep -rqa $token /root /home /etc /run /slipway /tmp /workspace/source/.git 2>/dev/null && echo 'LEAK in a file'
docker info 2>&1 | grep -q $token && echo 'LEAK in the engine'
${emptyImage}
docker inspect "$IMAGE_NAME" | grep -q $token && echo 'LEAK in the image'
echo looked everywhere
`;

const printing = `#!/bin/bash
printf 'branch %s\\n' "$SOURCE_BRANCH"
id -un
${emptyImage}
`;

/** What a stranger with a repository of their own can reach from their hooks. */
describe('a hostile repository', () => {
  const opened = new AsyncDisposableStack();
  let program: Program;
  let client: SlipwayClient;
  let project: Project;

  beforeAll(async () => {
    program = opened.use(await openProgram({ SLIPWAY_LOG_LEVEL: 'debug' }));
    client = await connect(program.serverUrl, owner);
    const variables = { PASSWORD: secret };
    const rules = [
      { source: 'main', dockerTags: 'latest' },
      { source: '/^odd.*|^-.*/', dockerTags: 'odd' },
    ];
    project = opened.use(await openProject({ program, client, name: 'attack', variables, rules }));
    opened.use(await openProject({ program, client, name: 'sibling' }));
    await client.call(accountOperations.createUser, { body: { ...reader } });
    const other = await connect(program.serverUrl, reader);
    const body = { name: `${reader.username}/private`, isPrivate: true };
    await other.call(repositoryOperations.create, { body });
  });
  afterAll(() => opened.disposeAsync());

  test('A2 A9 A14 A22 A30 reaches its own repository and the sources of its namespace, and nothing else of the server', async () => {
    const { build, log } = await run('main', reachingOut);

    expect(build.state, log).toBe('success');
    expect(log).not.toContain('LEAK');
    expect(answersIn(log)).toEqual({
      'own-tags': '200',
      'other-tags': '404',
      'other-manifest': '404',
      'other-push': '403',
      'sibling-push': '403',
      'library-push': '403',
      'cache-push': '403',
      'cache-tags': '404',
      mount: '202',
      'own-delete': '403',
      'own-blob-delete': '403',
      catalog: '404',
      api: '404',
      'builder-connection': '404',
      'hub-login': '404',
      upward: '400',
      escaped: '400',
      'other-source': '404',
      'sibling-source': '200',
      'sibling-write': '404',
      'source-write': '404',
    });
  });

  test('A28 finds no credential, and its variables are in no log, however it prints them', async () => {
    const { build, log } = await run('main', lookingAround, `Show ${secret} ${escapes}`);

    expect(build.state, log).toBe('success');
    expect(log).toContain('looked everywhere');
    expect(log).not.toContain('LEAK');
    expect(log).toContain('variable is ***; message is Show ***');
    expect(log).not.toContain(secret);
  });

  test.each([
    ['-upload-pack=touch${IFS}x'],
    ['odd$(id)`id`;id|id&"\'<>'],
    ['odd-ünïcødé-\u{1f600}'],
    [`odd-${'long'.repeat(50)}`],
  ])('A21 A23 a branch called %s is a name and nothing else', async (branch) => {
    const { build, log } = await run(branch, printing);

    expect(build.state, log).toBe('success');
    expect(log).toContain(`branch ${branch}\n`);
  });

  test.each([
    ['ext::sh -c touch% /tmp/owned'],
    ['ssh://-oProxyCommand=touch${IFS}/tmp/owned/x'],
    ['file:///etc'],
  ])('A21 A22 a submodule at %s is refused', async (url) => {
    const { source } = project;
    await source.commit({ '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ${url}\n` });
    await source.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},x`);
    await source.git('commit', '--quiet', '--message', 'Submodule');
    const [id = 0] = await project.push('--force', 'HEAD:refs/heads/main');

    const build = await endOf(client, id);
    const log = (await logOf(client, id)).join('\n');

    expect(build, log).toMatchObject({ state: 'failed', reason: 'clone_failed' });
    expect(log).toMatch(/not allowed|strange hostname/);
  });

  test('A36 neither its token nor its variables are in the server’s own log or files', async () => {
    const ownLog = await program.ownLog();
    const files = await filesBelow(program.dataFolder);

    expect(ownLog).toContain('"level"');
    expect(ownLog).not.toMatch(/slip_att_[A-Za-z0-9_-]{8}/);
    expect(ownLog).not.toContain(secret);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const bytes = await readFile(file);
      expect(bytes.includes(secret), file).toBe(false);
      expect(/slip_att_[A-Za-z0-9_-]{8}/.test(bytes.toString('latin1')), file).toBe(false);
    }
  });

  async function run(
    branch: string,
    hook: string,
    message = 'Work',
  ): Promise<{ readonly build: BuildReport; readonly log: string }> {
    const { source } = project;
    await source.commit({ 'hooks/build': hook });
    const words = ['--amend', '--allow-empty', '--cleanup=verbatim', '--message', message];
    await source.git('commit', '--quiet', ...words);
    const [id = 0] = await project.push('--force', `HEAD:refs/heads/${branch}`);
    const build = await endOf(client, id);
    return { build, log: `${(await logOf(client, id)).join('\n')}\n` };
  }
});

function answersIn(log: string): Record<string, string> {
  const found = [...log.matchAll(/^asked (\S+) (\d+)$/gm)];
  return Object.fromEntries(found.map(([, name = '', status = '']) => [name, status]));
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name));
}
