import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { changeVariables } from './change-variables.ts';

export const unsetBuildVariables = command({
  summary: 'Removes build variables.',
  operands: [
    repositoryOperand,
    { name: 'name', meaning: 'the variable to remove', repeated: true },
  ],
  options: {},
  async run(context, { operands: [repository, ...names] }) {
    const params = repositoryParams(repository);
    const place = { client: await context.connect(), params, signal: context.signal };
    const saved = await changeVariables(place, (variables) =>
      variables.filter(({ name }) => !names.includes(name)),
    );
    print(context, { items: saved }, () => `Removed: ${names.join(', ')}.`);
  },
});
