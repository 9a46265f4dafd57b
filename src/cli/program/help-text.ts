import type {
  Command,
  OperandDeclaration,
  OptionDeclaration,
  OptionTable,
} from '../command/command.ts';
import { commonOptionsOf } from '../command/common-options.ts';
import { commands, nouns } from './command-table.ts';

/** `slipway --help`. */
export function renderOverview(): string {
  const nounLines = Object.entries(nouns).map(([name, { summary }]) => [`${name} …`, summary]);
  const commandLines = Object.entries(commands).map(([name, { summary }]) => [name, summary]);
  return [
    'Usage: slipway <command> [options]',
    'Slipway: a registry with automated builds. A git push becomes a tested image.',
    section('Commands', commandLines),
    section('Things to work with', nounLines),
    'What prints a result takes --json. More about a command: slipway build logs --help',
  ].join('\n\n');
}

/** `slipway build --help`. */
export async function renderNoun(noun: string): Promise<string> {
  const entry = nouns[noun];
  const verbs = await Promise.all(
    Object.entries(entry?.verbs ?? {}).map(async ([verb, load]) => {
      const { summary, operands } = await load();
      return [`${verb}${operands.map((operand) => ` ${operandForm(operand)}`).join('')}`, summary];
    }),
  );
  return [
    `Usage: slipway ${noun} <verb> [options]`,
    entry?.summary ?? '',
    section('Verbs', verbs),
    `More about one: slipway ${noun} ${Object.keys(entry?.verbs ?? {})[0]} --help`,
  ].join('\n\n');
}

/** `slipway build logs --help`. */
export function renderCommand(name: string, explained: Command): string {
  const { summary, description, operands, options, examples } = explained;
  const usage = ['slipway', name, ...operands.map(operandForm), '[options]'].join(' ');
  return [
    `Usage: ${usage}`,
    summary,
    ...(description === undefined ? [] : [description]),
    ...(operands.length === 0 ? [] : [section('Operands', operands.map(operandLine))]),
    ...(Object.keys(options).length === 0 ? [] : [section('Options', optionLines(options))]),
    section('Common options', optionLines(commonOptionsOf(explained))),
    ...(examples === undefined
      ? []
      : [
          section(
            'Examples',
            examples.map((line) => [line]),
          ),
        ]),
  ].join('\n\n');
}

function operandForm({ name, optional, repeated }: OperandDeclaration): string {
  const form = `<${name}>${repeated ? '…' : ''}`;
  return optional ? `[${form}]` : form;
}

function operandLine(operand: OperandDeclaration): string[] {
  return [`<${operand.name}>`, operand.meaning];
}

function optionLines(options: OptionTable): string[][] {
  return Object.entries(options).map(([name, option]) => [
    optionForm(name, option),
    `${option.meaning}${option.multiple ? '; may be repeated' : ''}`,
  ]);
}

function optionForm(name: string, { short, type, value, negatable }: OptionDeclaration): string {
  const long = negatable ? `--no-${name}` : `--${name}`;
  const forms = short === undefined ? long : `-${short}, ${long}`;
  return type === 'string' ? `${forms} ${value ?? 'VALUE'}` : forms;
}

function section(title: string, lines: readonly (readonly string[])[]): string {
  const width = Math.max(...lines.map(([left]) => left?.length ?? 0));
  const rows = lines.map(([left = '', right]) =>
    right === undefined ? `  ${left}` : `  ${left.padEnd(width)}  ${right}`,
  );
  return [`${title}:`, ...rows].join('\n');
}
