import { buildConfigurationOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { renderConfiguration } from './configuration-file.ts';
import { describeConfiguration } from './describe-configuration.ts';

export const showBuildConfiguration = command({
  summary: 'Shows how a repository is built.',
  operands: [repositoryOperand],
  options: {
    yaml: { type: 'boolean', meaning: 'print a file that `build-config save --file` takes' },
  },
  examples: ['slipway build-config show alice/app --yaml > slipway.yml'],
  async run(context, { operands: [repository], options: { yaml } }) {
    const params = repositoryParams(repository);
    const client = await context.connect();
    const configuration = await client.call(buildConfigurationOperations.show, {
      params,
      signal: context.signal,
    });
    print(context, configuration, () =>
      yaml ? renderConfiguration(configuration).trimEnd() : describeConfiguration(configuration),
    );
  },
});
