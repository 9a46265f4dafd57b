import { fileURLToPath } from 'node:url';
import { debianPackages } from './debian-packages.ts';
import { isWorking, lastLines, runCommand } from './run-command.ts';
import { SetUpFailure } from './set-up-failure.ts';
import type { Step } from './step.ts';

/** The newest that Debian 12's Go compiles. */
const version = 'v0.15.2';
const moduleName = 'github.com/google/go-containerregistry/cmd/crane';

/** Where programs go that are no packages: `.cache/bin`, which the launcher puts into `PATH`. */
const programFolder = fileURLToPath(new URL('../../.cache/bin', import.meta.url));

const go = debianPackages({
  name: 'Go',
  packages: ['golang-go', 'ca-certificates'],
  isPresent: () => isWorking('go', 'version'),
});

/** A registry client in Go, of the library that many tools are made with. */
export const crane: Step = {
  name: 'crane',
  brings: `Go module ${moduleName}@${version}, compiled into .cache/bin`,
  isPresent: async () =>
    (await isWorking(`${programFolder}/crane`, 'version')) || (await isWorking('crane', 'version')),
  install: async () => {
    if (!(await go.isPresent())) await go.install();
    const { code, output } = await runCommand('go', ['install', `${moduleName}@${version}`], {
      environment: { GOBIN: programFolder, GOFLAGS: '' },
    });
    if (code === 0) return;
    throw new SetUpFailure(
      `go install ${moduleName} failed with exit code ${code}:\n${lastLines(output)}`,
      'if the module proxy can not be reached, set GOPROXY; or put a crane of your own into PATH',
    );
  },
};
