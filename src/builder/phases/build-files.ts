import { posix } from 'node:path';
import type { Assignment } from '#protocol';
import { AttemptFailure } from './attempt-failure.ts';
import { checkoutFolder } from './clone.ts';
import type { Commands } from './commands.ts';
import { probe, splitList } from './probes.ts';

/** Where a build's files are, as absolute paths in the checkout. */
export interface BuildFiles {
  readonly dockerfile: string;
  readonly context: string;
  /** The Dockerfile's folder: hooks run in it, and hooks and test files are looked for in it. */
  readonly folder: string;
  /** Hooks may make the Dockerfile, so that it need not be there yet. */
  readonly hasDockerfile: boolean;
}

type Kind = 'file' | 'folder' | 'outside' | 'missing';

/**
 * Finds Dockerfile and context. The location counts from the context, and from the root of the
 * source where nothing is there. Without a Dockerfile the place still counts where a `hooks` folder
 * waits beside it. Throws `configuration` with the field that is wrong.
 */
export async function findBuildFiles(
  assignment: Assignment,
  commands: Commands,
): Promise<BuildFiles> {
  const readings = readingsOf(assignment);
  const kinds = await inspect(commands, [
    ...readings.map(({ dockerfile }) => dockerfile),
    ...readings.map(({ context }) => context),
    ...readings.map(({ dockerfile }) => posix.join(posix.dirname(dockerfile), 'hooks')),
  ]);
  const found = readings.map((reading, index) => ({
    ...reading,
    file: kinds[index] ?? 'missing',
    place: kinds[index + readings.length] ?? 'missing',
    hooks: kinds[index + 2 * readings.length] ?? 'missing',
  }));
  const chosen =
    found.find(({ file }) => file !== 'missing') ?? found.find(({ hooks }) => hooks === 'folder');
  if (chosen === undefined) throw dockerfileMissing(assignment, readings);
  refuseBadPlaces(assignment, chosen);
  return {
    dockerfile: chosen.dockerfile,
    context: chosen.context,
    folder: posix.dirname(chosen.dockerfile),
    hasDockerfile: chosen.file === 'file',
  };
}

/** The same, and the Dockerfile must be there: for the default build. */
export async function findDockerfile(
  assignment: Assignment,
  commands: Commands,
): Promise<BuildFiles> {
  const files = await findBuildFiles(assignment, commands);
  if (!files.hasDockerfile) throw dockerfileMissing(assignment, readingsOf(assignment));
  return files;
}

export interface Reading {
  readonly dockerfile: string;
  readonly context: string;
}

/** What the two fields can mean, the preferred meaning first. Pure. */
export function readingsOf(
  fields: Pick<Assignment, 'buildContext' | 'dockerfile'>,
): readonly Reading[] {
  const location = fileName(fields.dockerfile);
  if (fields.buildContext.trim() === '') {
    const dockerfile = within('Dockerfile location', fields.dockerfile, location);
    return [{ dockerfile, context: posix.dirname(dockerfile) }];
  }
  const context = within('Build context', fields.buildContext, fields.buildContext.trim());
  const inContext = posix.join(context, location);
  const inRoot = posix.join(checkoutFolder, location);
  const dockerfiles = [...new Set([inContext, inRoot])].filter(isInside);
  if (dockerfiles.length === 0) throw leadsOut('Dockerfile location', fields.dockerfile);
  return dockerfiles.map((dockerfile) => ({ dockerfile, context }));
}

function fileName(location: string): string {
  const trimmed = location.trim();
  return trimmed === '' || trimmed.endsWith('/') ? `${trimmed}/Dockerfile` : trimmed;
}

function within(field: string, value: string, path: string): string {
  const joined = posix.join(checkoutFolder, path).replace(/(?<=.)\/$/, '');
  if (!isInside(joined)) throw leadsOut(field, value);
  return joined;
}

function isInside(path: string): boolean {
  return path === checkoutFolder || path.startsWith(`${checkoutFolder}/`);
}

async function inspect(commands: Commands, paths: readonly string[]): Promise<readonly Kind[]> {
  const { output } = await commands.read({
    argv: probe('slipway-inspect', checkoutFolder, ...paths),
    folder: checkoutFolder,
  });
  return splitList(output) as readonly Kind[];
}

interface Found {
  readonly file: Kind;
  readonly place: Kind;
}

function refuseBadPlaces(assignment: Assignment, { file, place }: Found): void {
  const { buildContext, dockerfile } = assignment;
  if (file === 'outside') throw leadsOut('Dockerfile location', dockerfile);
  if (file === 'folder') {
    throw new AttemptFailure(
      'configuration',
      `Dockerfile location "${dockerfile}" is a folder: give the file, such as ${posix.join(dockerfile, 'Dockerfile')}`,
    );
  }
  if (place === 'outside') throw leadsOut('Build context', buildContext);
  if (place === 'folder') return;
  throw new AttemptFailure(
    'configuration',
    `Build context "${buildContext}" is no folder of the source: give one, or / for all of the source`,
  );
}

function leadsOut(field: string, value: string): AttemptFailure {
  return new AttemptFailure(
    'configuration',
    `${field} "${value}" leads out of the source: give a path inside it`,
  );
}

function dockerfileMissing(
  { dockerfile, source }: Assignment,
  readings: readonly Reading[],
): AttemptFailure {
  const places = readings.map((reading) => posix.relative(checkoutFolder, reading.dockerfile));
  return new AttemptFailure(
    'configuration',
    `there is no Dockerfile at ${places.join(' or ')} in ${source.type} ${source.name}: add it, or correct Dockerfile location ("${dockerfile}") of the build rule`,
  );
}
