import { repositoryOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { usage } from '../command/parse-command-line.ts';
import { describeRepository } from './describe-repository.ts';

export const createRepository = command({
  summary: 'Creates a repository.',
  description: 'The first docker push to a new name does the same.',
  operands: [repositoryOperand],
  options: {
    private: { type: 'boolean', meaning: 'only you and whom you allow may pull' },
    public: { type: 'boolean', meaning: 'everybody may pull' },
    description: { type: 'string', value: 'TEXT', meaning: 'one line, at most 100 characters' },
  },
  examples: ['slipway repo create alice/app --private'],
  async run(context, { operands: [repository], options }) {
    const { namespace, name } = repositoryParams(repository);
    const isPrivate = chooseVisibility(options);
    const { description } = options;
    const client = await context.connect();
    const created = await client.call(repositoryOperations.create, {
      body: {
        name: `${namespace}/${name}`,
        ...(isPrivate !== undefined && { isPrivate }),
        ...(description !== undefined && { description }),
      },
      signal: context.signal,
    });
    print(context, created, () => describeRepository(created));
  },
});

/** `undefined` where neither switch is given: the server's default holds. */
export function chooseVisibility(options: {
  readonly private?: boolean;
  readonly public?: boolean;
}): boolean | undefined {
  if (options.private && options.public) throw usage('--private and --public exclude each other');
  if (options.private) return true;
  return options.public ? false : undefined;
}
