import { parseRepositoryName } from '#kernel';
import type { OperandDeclaration } from './command.ts';
import { usage } from './parse-command-line.ts';

export const repositoryOperand = {
  name: 'repository',
  meaning: 'namespace/name',
} as const satisfies OperandDeclaration;

export const buildOperand = {
  name: 'build',
  meaning: 'the number of a build, as `slipway build list` shows it',
} as const satisfies OperandDeclaration;

/** The path parameters of a repository. Throws `NAME_INVALID`. */
export function repositoryParams(text: string | undefined): { namespace: string; name: string } {
  const parsed = parseRepositoryName(text ?? '');
  const slash = parsed.indexOf('/');
  return { namespace: parsed.slice(0, slash), name: parsed.slice(slash + 1) };
}

/** Throws `USAGE` with the name of what is wrong. */
export function parseNumber(text: string | undefined, what: string): number {
  const number = Number(text);
  if (text !== '' && Number.isSafeInteger(number) && number >= 0) return number;
  throw usage(`${what} is a whole number, not "${text}"`);
}

export function parseChoice<const Choice extends string>(
  text: string,
  option: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw usage(`${option} is one of ${choices.join(', ')}, not "${text}"`);
}
