import { asRoot } from './as-root.ts';
import { lastLines, runCommand } from './run-command.ts';
import { SetUpFailure } from './set-up-failure.ts';
import type { Step } from './step.ts';

export interface DebianPackages {
  readonly name: string;
  readonly packages: readonly string[];
  /** Parts that some releases ship in a package of their own: installed where apt knows them. */
  readonly splitOff?: readonly string[];
  isPresent(): Promise<boolean>;
}

/** A step that is done by Debian's or Ubuntu's own packages. */
export function debianPackages({ splitOff = [], ...step }: DebianPackages): Step {
  const { name, packages } = step;
  return {
    name,
    brings: `Debian package${packages.length > 1 ? 's' : ''} ${packages.join(', ')}`,
    isPresent: () => step.isPresent(),
    install: () => installPackages(packages, splitOff),
  };
}

async function installPackages(packages: readonly string[], splitOff: readonly string[]) {
  if (!(await areKnown(packages))) await apt(['update']);
  const known = await Promise.all(splitOff.map((name) => areKnown([name])));
  const wanted = [...packages, ...splitOff.filter((_, position) => known[position])];
  const words = ['install', '--yes', '--no-install-recommends', ...wanted];
  try {
    await apt(words);
  } catch {
    // Package lists of last month name files that mirrors no longer hold.
    await apt(['update']);
    await apt(words);
  }
}

/** Whether apt could install them from the lists it has. */
async function areKnown(packages: readonly string[]): Promise<boolean> {
  const { code, output } = await runCommand('apt-cache', ['policy', ...packages], {
    environment: { LC_ALL: 'C' },
  });
  const candidates = output.match(/^ {2}Candidate: (?!\(none\))/gm) ?? [];
  return code === 0 && candidates.length === packages.length;
}

async function apt(words: readonly string[]): Promise<void> {
  const options = [
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-qq',
    '-o',
    'DPkg::Lock::Timeout=120',
  ];
  const [program, allWords] = await asRoot('env', [...options, ...words]);
  const { code, output } = await runCommand(program, allWords);
  if (code === 0) return;
  const typed = ['apt-get', ...words].join(' ');
  throw new SetUpFailure(
    code === 127
      ? `There is no apt-get here: only Debian and Ubuntu are set up by themselves.`
      : `"${typed}" failed with exit code ${code}:\n${lastLines(output)}`,
    `install ${words.slice(3).join(', ') || 'the packages'} by hand, as root with "${typed}" on Debian and Ubuntu, then start again`,
  );
}
