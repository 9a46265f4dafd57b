import { type Repository, repositoryOperations } from '#protocol';
import { command, type OptionValues } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { usage } from '../command/parse-command-line.ts';
import { chooseVisibility } from './create.ts';
import { describeRepository } from './describe-repository.ts';

const options = {
  private: { type: 'boolean', meaning: 'only you and whom you allow may pull' },
  public: { type: 'boolean', meaning: 'everybody may pull' },
  description: { type: 'string', value: 'TEXT', meaning: 'one line, at most 100 characters' },
  mutable: { type: 'boolean', meaning: 'every tag can be moved' },
  immutable: { type: 'boolean', meaning: 'no tag can be moved once it exists' },
  'immutable-tags': {
    type: 'string',
    value: 'REGEX',
    multiple: true,
    meaning: 'tags that match can not be moved (RE2)',
  },
} as const;

export const editRepository = command({
  summary: 'Changes privacy, description or which tags can be moved.',
  description: 'What is not given stays as it is.',
  operands: [repositoryOperand],
  options,
  examples: ["slipway repo edit alice/app --immutable-tags '^v[0-9]'"],
  async run(context, { operands: [repository], options: given }) {
    const params = repositoryParams(repository);
    const body = readChanges(given);
    const client = await context.connect();
    const changed = await client.call(repositoryOperations.update, {
      params,
      body,
      signal: context.signal,
    });
    print(context, changed, () => describeRepository(changed));
  },
});

function readChanges(given: OptionValues<typeof options>) {
  const isPrivate = chooseVisibility(given);
  const immutability = chooseImmutability(given);
  const changes = {
    ...(isPrivate !== undefined && { isPrivate }),
    ...(given.description !== undefined && { description: given.description }),
    ...(immutability !== undefined && { immutability }),
  };
  if (Object.keys(changes).length === 0) throw usage('nothing to change: give an option');
  return changes;
}

function chooseImmutability(
  given: OptionValues<typeof options>,
): Repository['immutability'] | undefined {
  const patterns = given['immutable-tags'];
  const choices = [given.mutable, given.immutable, patterns].filter(Boolean);
  if (choices.length > 1) {
    throw usage('--mutable, --immutable and --immutable-tags exclude each other');
  }
  if (patterns !== undefined) return { mode: 'patterns', patterns: [...patterns] };
  if (given.immutable) return { mode: 'all_immutable' };
  return given.mutable ? { mode: 'all_mutable' } : undefined;
}
