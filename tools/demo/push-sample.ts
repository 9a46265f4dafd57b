import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConfigurationOperations } from '#protocol';
import { connect } from './connect.ts';
import { type Demo, sampleName, serverUrl } from './demo.ts';
import { runProgram } from './run-program.ts';

const sampleFolder = fileURLToPath(new URL('../../examples/sample-service/', import.meta.url));

/** The git tag that the second rule turns into an image's tag. */
export const sampleVersion = '1.0.0';

/** Makes a git repository of the sample and pushes it with plain `git push`. */
export async function pushSample(demo: Demo): Promise<void> {
  const { screen, folder } = demo;
  screen.step('Push the sample project with git');
  const project = join(folder, sampleName);
  await cp(sampleFolder, project, { recursive: true });
  await git(demo, project, ['init', '--quiet', '--initial-branch', 'main']);
  await configure(demo, project);
  await git(demo, project, ['add', '--all']);
  await git(demo, project, ['commit', '--quiet', '--message', 'Serve links']);
  await git(demo, project, ['tag', `v${sampleVersion}`]);
  await git(demo, project, ['remote', 'add', 'origin', await cloneUrl(demo)]);
  await rememberPassword(demo);
  screen.output(await git(demo, project, ['ls-files']));
  screen.command(['git', 'push', 'origin', 'main', `v${sampleVersion}`]);
  screen.output(await git(demo, project, ['push', 'origin', 'main', `v${sampleVersion}`]));
}

async function cloneUrl(demo: Demo): Promise<string> {
  const client = await connect(demo);
  const params = { namespace: demo.user.username, name: sampleName };
  const { source } = await client.call(buildConfigurationOperations.show, { params });
  return source.cloneUrl;
}

/** Git's own file for passwords, inside the demo's folder. */
async function rememberPassword(demo: Demo): Promise<void> {
  const url = new URL(serverUrl(demo));
  url.username = demo.user.username;
  url.password = demo.user.password;
  await writeFile(passwordFile(demo), `${url.href}\n`, { mode: 0o600 });
}

function passwordFile({ folder }: Demo): string {
  return join(folder, 'git-credentials');
}

/** In the clone's own configuration, so that whoever keeps the demo can commit and push there. */
async function configure(demo: Demo, project: string): Promise<void> {
  const settings = {
    'user.name': 'Slipway demo',
    'user.email': 'demo@localhost',
    'credential.helper': `store --file=${passwordFile(demo)}`,
  };
  for (const [name, value] of Object.entries(settings)) {
    await git(demo, project, ['config', name, value]);
  }
}

/** Git as it comes, without the settings of this machine's user. */
function git(demo: Demo, project: string, words: readonly string[]): Promise<string> {
  return runProgram('git', words, {
    folder: project,
    signal: demo.signal,
    withErrors: true,
    environment: {
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
    },
  });
}
