import { posix } from 'node:path';
import { stringify } from 'yaml';
import { AttemptFailure } from './attempt-failure.ts';
import { buildCode, imageName } from './build-environment.ts';
import { checkoutFolder } from './clone.ts';
import { imageExists } from './image-exists.ts';
import type { PhaseTools } from './phase-tools.ts';
import { probe, splitList } from './probes.ts';
import { readTestFile, type TestFile } from './test-file.ts';

/** Compose files for tests beside the Dockerfile, in the order in which they run. */
export async function findTestFiles({
  commands,
  files,
}: Pick<PhaseTools, 'commands' | 'files'>): Promise<readonly string[]> {
  const { output } = await commands.read({
    argv: probe('slipway-test-files', files.folder),
    folder: checkoutFolder,
  });
  return splitList(output).toSorted();
}

/**
 * Runs the service `sut` of each test file, one file after the other, with what it depends on and
 * nothing else; its exit code decides. The built image is there as `this` too. Throws `test_failed`,
 * or `configuration` for a file that can't be a test.
 */
export async function defaultTest(tools: PhaseTools, names: readonly string[]): Promise<void> {
  const files: TestFile[] = [];
  for (const name of names) files.push(await readFile(tools, name));
  await addAlias(tools);
  for (const file of files) await runTestFile(tools, file);
}

async function readFile({ commands, files }: PhaseTools, name: string): Promise<TestFile> {
  const { exitCode, output } = await commands.read({
    argv: probe('slipway-read', checkoutFolder, posix.join(files.folder, name)),
    folder: files.folder,
  });
  if (exitCode === 0) return readTestFile(name, output);
  throw new AttemptFailure(
    'configuration',
    `${name} can't be read: is it a link out of the source?`,
  );
}

async function addAlias(tools: PhaseTools): Promise<void> {
  const image = imageName(tools.assignment);
  if (await imageExists(tools, image)) await call(tools, ['docker', 'tag', image, 'this']);
}

async function runTestFile(tools: PhaseTools, file: TestFile): Promise<void> {
  const compose = await composeCommand(tools, file);
  tools.log.say(`Starting test in ${file.name}`);
  try {
    await buildServices(tools, compose, file);
    await startServices(tools, compose, file);
    await awaitVerdict(tools, compose, file);
    tools.log.say(`Test in ${file.name} succeeded`);
  } finally {
    await cleanUp(tools, compose);
  }
}

type Argv = readonly [string, ...string[]];

/** The file stays where it is: its relative paths count from its folder, the converted ones' too. */
async function composeCommand(tools: PhaseTools, file: TestFile): Promise<Argv> {
  const { files, assignment } = tools;
  const path =
    file.converted === undefined
      ? posix.join(files.folder, file.name)
      : await writeConverted(tools, file);
  const project = ['--project-name', buildCode(assignment), '--project-directory', files.folder];
  return ['docker', 'compose', '--ansi', 'never', ...project, '--file', path];
}

async function writeConverted({ commands }: PhaseTools, file: TestFile): Promise<string> {
  const path = posix.join('/workspace/converted', file.name);
  await commands.run({
    argv: probe('slipway-write', path),
    folder: '/workspace',
    input: Buffer.from(stringify(file.converted)),
  });
  return path;
}

async function buildServices(tools: PhaseTools, compose: Argv, file: TestFile): Promise<void> {
  const exitCode = await call(tools, [...compose, 'build', '--with-dependencies', 'sut']);
  if (exitCode === 0) return;
  throw testFailure(`the services of ${file.name} could not be built`, exitCode);
}

async function startServices(tools: PhaseTools, compose: Argv, file: TestFile): Promise<void> {
  const exitCode = await call(tools, [...compose, 'up', '--detach', '--quiet-pull', 'sut']);
  if (exitCode === 0) return;
  await call(tools, [...compose, 'logs', '--no-color', '--tail', '100']);
  throw testFailure(`sut of ${file.name} could not be started; the log says why`, exitCode);
}

/**
 * The container's log is followed with the engine's own command: Compose's misses the end of one that
 * ends while it begins to follow, and then goes on for ever.
 */
async function awaitVerdict(tools: PhaseTools, compose: Argv, file: TestFile): Promise<void> {
  const { commands, files, environment } = tools;
  const listing = [...compose, 'ps', '--all', '--quiet', 'sut'] as const;
  const { output } = await commands.read({ argv: listing, folder: files.folder, environment });
  const [id = ''] = output.trim().split('\n');
  await call(tools, ['docker', 'logs', '--follow', id]);
  const waiting = ['docker', 'wait', id] as const;
  const waited = await commands.read({ argv: waiting, folder: files.folder, environment });
  const exitCode = Number.parseInt(waited.output, 10);
  if (exitCode === 0) return;
  if (Number.isNaN(exitCode)) throw testFailure(`sut of ${file.name} vanished while it ran`, 1);
  throw testFailure(`sut of ${file.name} ended with exit code ${exitCode}`, exitCode);
}

/** Also after a failure, so that names and ports are free for the next file and for hooks. */
async function cleanUp(tools: PhaseTools, compose: Argv): Promise<void> {
  await call(tools, [...compose, 'down', '--volumes', '--remove-orphans', '--timeout', '2']);
}

function call({ commands, files, environment }: PhaseTools, argv: Argv): Promise<number> {
  return commands.run({ argv, folder: files.folder, environment });
}

function testFailure(what: string, exitCode: number): AttemptFailure {
  return new AttemptFailure('test_failed', what, exitCode);
}
