import { type Demo, registryHost, sampleRepository, serverUrl } from './demo.ts';
import { sampleVersion } from './push-sample.ts';
import { serverLog } from './start-server.ts';

/** What was done, and what to try next. */
export function sayGoodbye(demo: Demo): void {
  const { screen } = demo;
  screen.step('Done');
  screen.say(
    `A git push became two tested images: ${sampleRepository(demo)}:latest and :${sampleVersion},`,
  );
  screen.say('each from its own build in a sandbox of its own, with hooks and a test.');
  screen.say();
  screen.say('Try next:');
  screen.say('  ./slipway demo --keep          the same, and Slipway goes on running');
  screen.say('  ./slipway serve --help         a server for good');
  screen.say('  ./slipway build-rule --help    which branches and tags become which images');
  screen.say(
    '  examples/sample-service/       the project that was built: Dockerfile, hooks, test',
  );
}

/** How to use what goes on running, and how to end it. */
export function sayHowToStop(demo: Demo, serverProcess: number): void {
  const { screen, user, administrator, folder } = demo;
  screen.step('Slipway goes on running');
  screen.say(`address        ${serverUrl(demo)}`);
  screen.say(`user           ${user.username}, password ${user.password}`);
  screen.say(`administrator  ${administrator.username}, password ${administrator.password}`);
  screen.say(`project        ${folder}/links: change it, commit, git push origin main`);
  screen.say(`log in         ./slipway login ${serverUrl(demo)} --username ${user.username}`);
  screen.say(`               docker login --username ${user.username} ${registryHost(demo)}`);
  screen.say(`log            ${serverLog(demo)}`);
  screen.say(`stop           kill ${serverProcess}`);
  screen.say(`remove         rm -r ${folder}`);
  screen.say(
    `               docker image rm $(docker image ls --quiet '${registryHost(demo)}/*/*')`,
  );
}
