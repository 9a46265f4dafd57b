import { debianPackages } from './debian-packages.ts';
import { isWorking } from './run-command.ts';

export const git = debianPackages({
  name: 'git',
  packages: ['git'],
  isPresent: () => isWorking('git', '--version'),
});
