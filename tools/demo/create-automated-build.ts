import { type Demo, sampleRepository, serverUrl } from './demo.ts';
import { showSlipway } from './slipway-command.ts';

/** A user, a repository and two rules, all by the command line. */
export async function createAutomatedBuild(demo: Demo): Promise<void> {
  const { screen, administrator, user } = demo;
  const repository = sampleRepository(demo);
  screen.step('Create a user and a repository with an automated build');
  await logIn(demo, administrator);
  await showSlipway(demo, ['user', 'create', user.username, '--password-stdin'], {
    input: user.password,
  });
  await logIn(demo, user);
  await showSlipway(demo, ['repo', 'create', repository]);
  screen.say('Its first rule builds the branch main as latest; pushes are tested.');
  await showSlipway(demo, ['build-config', 'save', repository, '--autotest', 'internal']);
  screen.say('A second rule makes version 1.2.3 of the git tag v1.2.3.');
  const rule = ['--tag', String.raw`/^v([0-9.]+)$/`, '--docker-tags', String.raw`{\1}`];
  await showSlipway(demo, ['build-rule', 'add', repository, ...rule]);
}

async function logIn(demo: Demo, { username, password }: Demo['user']): Promise<void> {
  const words = ['login', serverUrl(demo), '--username', username, '--password-stdin'];
  await showSlipway(demo, words, { input: password });
}
