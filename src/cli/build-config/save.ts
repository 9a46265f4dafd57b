import { autotest, type BuildConfiguration, type BuildConfigurationInput } from '#protocol';
import { command, type OptionTable, type OptionValues } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { parseChoice, repositoryOperand, repositoryParams } from '../command/operands.ts';
import { readConfigurationFile } from './configuration-file.ts';
import { describeConfiguration } from './describe-configuration.ts';
import {
  asInput,
  editConfiguration,
  findConfiguration,
  saveConfiguration,
} from './edit-configuration.ts';

const options = {
  file: { type: 'string', short: 'f', value: 'FILE', meaning: 'the whole configuration in YAML' },
  source: {
    type: 'string',
    value: 'REPOSITORY',
    meaning: 'the git repository on this server that is built; the same name by default',
  },
  autotest: { type: 'string', value: 'WHEN', meaning: autotest.options.join(', ') },
  build: { type: 'boolean', meaning: 'build every rule with a literal source at once' },
} as const satisfies OptionTable;

export const saveBuildConfiguration = command({
  summary: 'Sets up automated builds, or changes how they are done.',
  description:
    'With --file the file replaces everything; variables without a value keep the stored one.\n' +
    'Otherwise only what is given changes. A first save without rules makes one: the default\n' +
    'branch of the source becomes latest.',
  operands: [repositoryOperand],
  options,
  examples: [
    'slipway build-config save alice/app --autotest internal',
    'slipway build-config save alice/app --file slipway.yml --build',
  ],
  async run(context, { operands: [repository], options: given }) {
    const params = repositoryParams(repository);
    const fromFile = given.file === undefined ? undefined : await readConfigurationFile(given.file);
    const place = { client: await context.connect(), params, signal: context.signal };
    const build = given.build === true;
    const change = (stored: BuildConfiguration | undefined) => withChanges(stored, given);
    const saved = fromFile
      ? await saveConfiguration(place, fromFile, build)
      : await editConfiguration(place, { read: findConfiguration, change, build });
    print(context, saved, () => describeConfiguration(saved));
    if (context.json) return;
    for (const id of saved.startedBuilds) {
      context.progress.line(`Build ${id} waits; follow it with: slipway build logs ${id} -f`);
    }
  },
});

function withChanges(
  stored: BuildConfiguration | undefined,
  given: OptionValues<typeof options>,
): BuildConfigurationInput {
  return {
    ...(stored && asInput(stored)),
    ...(given.source !== undefined && {
      source: { provider: 'embedded', repository: given.source },
    }),
    ...(given.autotest !== undefined && {
      autotest: parseChoice(given.autotest, '--autotest', autotest.options),
    }),
  };
}
