import { parseArgs } from 'node:util';
import { nearest } from '#platform/config';
import { cliErrors } from './cli-errors.ts';
import type { Command, CommandInput, OptionDeclaration, OptionTable } from './command.ts';
import { commonOptionsOf } from './common-options.ts';

type OptionToken = Extract<Token, { kind: 'option' }>;
type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

/** Options and operands of one command, checked. Throws `USAGE` with what is expected instead. */
export function parseCommandLine(parsed: Command, words: readonly string[]): CommandInput {
  const declared: OptionTable = { ...parsed.options, ...commonOptionsOf(parsed) };
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      Object.entries(declared).map(([name, option]) => [name, parserOption(option)]),
    ),
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'option') checkOption(token, declared);
  }
  if (values['help'] !== true) checkOperands(parsed, positionals);
  return { operands: positionals, options: values as CommandInput['options'] };
}

function parserOption({ type, short, multiple }: OptionDeclaration) {
  return { type, ...(short && { short }), ...(multiple && { multiple }) };
}

function checkOption(token: OptionToken, declared: OptionTable): void {
  const option = Object.hasOwn(declared, token.name) ? declared[token.name] : undefined;
  if (option === undefined) throw unknownOption(token.rawName, declared);
  if (option.type === 'string' && (token.value === undefined || isNextOption(token))) {
    throw usage(`${token.rawName} needs a value: ${token.rawName} ${option.value ?? 'VALUE'}`);
  }
  if (option.type === 'boolean' && token.value !== undefined) {
    throw usage(`${token.rawName} takes no value`);
  }
}

/** `--server --json` forgot a value; a value that begins with `-` is given as `--name=-value`. */
function isNextOption(token: OptionToken): boolean {
  return token.inlineValue === false && /^--?[a-z]/.test(token.value);
}

function unknownOption(given: string, declared: OptionTable): Error {
  const names = Object.keys(declared).flatMap((name) => [`--${name}`, ...negated(name, declared)]);
  return usage(`there is no option ${given}; did you mean ${nearest(given, names)}?`);
}

function negated(name: string, declared: OptionTable): string[] {
  return declared[name]?.negatable ? [`--no-${name}`] : [];
}

function checkOperands({ operands }: Command, given: readonly string[]): void {
  const missing = operands.find((operand, index) => !operand.optional && index >= given.length);
  if (missing !== undefined) throw usage(`<${missing.name}> is missing: ${missing.meaning}`);
  const surplus = given[operands.length];
  if (surplus !== undefined && operands.at(-1)?.repeated !== true) {
    throw usage(`"${surplus}" is one word too many`);
  }
}

export function usage(message: string): Error {
  return cliErrors.fail('USAGE', message);
}
