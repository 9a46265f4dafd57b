import { debianPackages } from './debian-packages.ts';
import { isWorking } from './run-command.ts';

/** Makes base images out of Debian packages where no image registry can be reached. */
export const mmdebstrap = debianPackages({
  name: 'mmdebstrap',
  packages: ['mmdebstrap', 'debian-archive-keyring'],
  isPresent: () => isWorking('mmdebstrap', '--version'),
});
