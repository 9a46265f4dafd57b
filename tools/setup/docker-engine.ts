import { debianPackages } from './debian-packages.ts';
import { isWorking } from './run-command.ts';

/** Docker's client and engine; a client that reaches an engine elsewhere will do. */
export const dockerEngine = debianPackages({
  name: 'Docker Engine',
  packages: ['docker.io'],
  splitOff: ['docker-cli', 'docker-buildx'],
  isPresent: async () =>
    (await isWorking('docker', '--version')) &&
    ((await isWorking('docker', 'info')) || (await isWorking('dockerd', '--version'))),
});
