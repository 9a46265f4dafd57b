import { debianPackages } from './debian-packages.ts';
import { isWorking } from './run-command.ts';

/** A client of what the git host does not serve, which has to say so to its user. */
export const gitLfs = debianPackages({
  name: 'Git LFS',
  packages: ['git-lfs'],
  isPresent: () => isWorking('git', 'lfs', 'version'),
});
