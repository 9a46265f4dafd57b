import { debianPackages } from './debian-packages.ts';
import { isWorking } from './run-command.ts';

/** A registry client that speaks to no engine: the second opinion on our registry. */
export const skopeo = debianPackages({
  name: 'skopeo',
  packages: ['skopeo'],
  isPresent: () => isWorking('skopeo', '--version'),
});
