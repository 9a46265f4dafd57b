import { debianPackages } from './debian-packages.ts';
import { isWorking } from './run-command.ts';

/** What the scripts of Docker's pages are made of. */
export const curlAndJq = debianPackages({
  name: 'curl and jq',
  packages: ['curl', 'jq'],
  isPresent: async () =>
    (await isWorking('curl', '--version')) && (await isWorking('jq', '--version')),
});
