import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, owner } from '../scenarios/people.ts';
import { pushBaseImage } from './base-image.ts';
import { openClients } from './clients.ts';
import { openProgram } from './program.ts';
import { endOf, logOf, openProject } from './project.ts';

const secret = 'hunter2hunter2';

/** Asked from inside, since it is there that strangers' code runs. Each answer is a line `name=…`. */
const asksAboutItself = `#!/bin/bash
say() { echo "answer $1=$2"; }
say uid "$(id -u)"
say map "$(head -1 /proc/self/uid_map | tr -s ' ')"
say bounding "$(grep CapBnd /proc/1/status | cut -f2)"
say seccomp "$(grep '^Seccomp:' /proc/self/status | cut -f2)"
say privileges "$(grep NoNewPrivs /proc/self/status | cut -f2)"
say suid "$(find / -xdev '(' -perm -4000 -o -perm -2000 ')' -type f | tr '\\n' ' ')"
(echo '|/tmp/x' > /proc/sys/kernel/core_pattern) 2>/dev/null && say core written || say core refused
say environment "$(env | grep -iE 'token|slip_|secret|password' | cut -d= -f1 | tr '\\n' ' ')"
say docker "$(cat ~/.docker/config.json 2>/dev/null | grep -c auth)"
say git "$(git config --list --show-origin | grep -ciE 'slip_|extraheader|helper|password')"
say remote "$(git remote get-url origin)"
`;

const worksAsOnHub = `#!/bin/bash
set -eu
say() { echo "answer $1=$2"; }
git fetch --quiet --unshallow --tags origin
say describe "$(git describe --tags)"
say history "$(git rev-list --count HEAD)"
apt-get update -qq && apt-get install -qq hello > /dev/null
say installed "$(hello)"
`;

const servesAndPushes = `#!/bin/bash
set -eu
docker run --detach --name web --publish 8080:80 "$IMAGE_NAME" perl -MIO::Socket -e '
  $s = IO::Socket::INET->new(LocalPort => 80, Listen => 5);
  while ($c = $s->accept) { <$c>; print $c "HTTP/1.0 200 OK\\r\\n\\r\\nserved"; close $c }'
for try in $(seq 50); do curl --silent --fail localhost:8080 && break || sleep 0.1; done > /tmp/answer
echo "answer curl=$(cat /tmp/answer)"
docker rm --force web
docker push "$IMAGE_NAME"
docker tag "$IMAGE_NAME" "$DOCKER_REPO:by-hook"
docker push "$DOCKER_REPO:by-hook"
`;

describe('a hook of a real build', () => {
  const opened = new AsyncDisposableStack();
  let answers: ReadonlyMap<string, string>;
  let publishedTags: readonly string[];

  beforeAll(async () => {
    const program = opened.use(await openProgram());
    await using clients = await openClients(program, owner);
    await pushBaseImage(program, clients);
    const client = await connect(program.serverUrl, owner);
    const variables = { MY_PASSWORD: secret };
    const project = opened.use(await openProject({ program, client, name: 'hooks', variables }));
    await project.source.commit({ 'README.md': 'First\n' });
    await project.source.git('tag', 'v1.0.0');
    await project.source.commit({
      Dockerfile: 'FROM debian:bookworm\nRUN date > /made\n',
      'hooks/post_checkout': worksAsOnHub,
      'hooks/pre_build': asksAboutItself,
      'hooks/push': servesAndPushes,
    });
    const builds = await project.push('HEAD:main', 'v1.0.0');
    const build = await endOf(client, builds[0] ?? 0);
    const log = await logOf(client, build.id);
    expect(build.state, log.join('\n')).toBe('success');
    answers = new Map(log.flatMap(readAnswer));
    publishedTags = (build.attemptList[0]?.published ?? []).map(({ tag }) => tag);
  });
  afterAll(() => opened.disposeAsync());

  test.each([
    ['runs as root of its own namespace', 'uid', '0'],
    ['is the host’s uid 1000 to the host', 'map', ' 0 1000 1'],
    [
      'stands in a container that may set uids and gids and nothing else',
      'bounding',
      '00000000000000c0',
    ],
    ['is under seccomp', 'seccomp', '2'],
    ['gains no privileges', 'privileges', '1'],
    ['finds nothing that is SUID or SGID', 'suid', ''],
    ['is refused the host’s core_pattern', 'core', 'refused'],
    ['finds no credential in Docker’s configuration', 'docker', '0'],
    ['finds no credential in git’s configuration', 'git', '0'],
  ])('%s', (_, question, answer) => {
    expect(answers.get(question)).toBe(answer);
  });

  test('SET-46 sees the variables of the configuration, and no credential beside them', () => {
    expect(answers.get('environment')).toBe('MY_PASSWORD ');
    expect(answers.get('remote')).toMatch(/^http:\/\/localhost:\d+\/git\/ada\/hooks\.git$/);
  });

  test('LNK-07 SET-42 fetches the whole history of a shallow clone, and describes its commit', () => {
    expect(answers.get('history')).toBe('2');
    expect(answers.get('describe')).toMatch(/^v1\.0\.0-1-g[0-9a-f]{7,}$/);
  });

  test('installs packages', () => {
    expect(answers.get('installed')).toBe('Hello, world!');
  });

  test('reaches a published port of a container it runs', () => {
    expect(answers.get('curl')).toBe('served');
  });

  test('LNK-04 pushes by the image’s name and by Docker Hub’s, and both are published', () => {
    expect(publishedTags.toSorted()).toEqual(['by-hook', 'latest']);
  });
});

function readAnswer(line: string): readonly (readonly [string, string])[] {
  const found = /^answer (\w+)=(.*)$/.exec(line);
  return found === null ? [] : [[found[1] ?? '', found[2] ?? '']];
}
