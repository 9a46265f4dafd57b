import { command } from '../command/command.ts';
import { type CommandContext, print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { usage } from '../command/parse-command-line.ts';
import { changeVariables } from './change-variables.ts';

export const setBuildVariables = command({
  summary: 'Sets variables that hooks and builds see.',
  description:
    'Values are secrets: they are masked in logs. To keep one out of the history of your shell,\n' +
    'give the name alone and the value on standard input.',
  operands: [
    repositoryOperand,
    { name: 'variable', meaning: 'NAME=VALUE, or NAME with --value-stdin', repeated: true },
  ],
  options: {
    'value-stdin': { type: 'boolean', meaning: 'read the value of one NAME from standard input' },
  },
  examples: ['slipway build-variable set alice/app NPM_REGISTRY=https://npm.example.com'],
  async run(context, { operands: [repository, ...words], options }) {
    const params = repositoryParams(repository);
    const given = options['value-stdin']
      ? await readOne(context, words)
      : words.map(parseAssignment);
    const place = { client: await context.connect(), params, signal: context.signal };
    const names = new Set(given.map(({ name }) => name));
    const saved = await changeVariables(place, (variables) => [
      ...variables.filter(({ name }) => !names.has(name)),
      ...given,
    ]);
    print(context, { items: saved }, () => `Set: ${[...names].join(', ')}.`);
  },
});

async function readOne(context: CommandContext, [name, ...others]: readonly string[]) {
  if (name === undefined || others.length > 0 || name.includes('=')) {
    throw usage('--value-stdin goes with one NAME, without =');
  }
  return [{ name, value: await context.input.readAll() }];
}

function parseAssignment(word: string): { readonly name: string; readonly value: string } {
  const equals = word.indexOf('=');
  if (equals > 0) return { name: word.slice(0, equals), value: word.slice(equals + 1) };
  throw usage(`"${word}" is not NAME=VALUE; to keep the value secret use --value-stdin`);
}
