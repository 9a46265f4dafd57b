import { nearest } from '#platform/config';
import type { Command } from '../command/command.ts';
import { usage } from '../command/parse-command-line.ts';
import { commands, nouns } from './command-table.ts';

/** What the first words of a command line ask for. */
export type Request =
  | { readonly kind: 'overview' }
  | { readonly kind: 'version' }
  | { readonly kind: 'noun'; readonly noun: string }
  | {
      readonly kind: 'command';
      /** As it is typed: `build list`. */
      readonly name: string;
      readonly load: () => Promise<Command>;
      readonly rest: readonly string[];
    };

const helpWords = ['help', '--help', '-h'];

/** Throws `USAGE` for a noun or verb that does not exist, with the nearest one that does. */
export function findCommand(words: readonly string[]): Request {
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'overview' };
  if (helpWords.includes(first)) return explain(rest);
  if (first === '--version') return { kind: 'version' };
  const command = lookUp(commands, first);
  if (command !== undefined) return { kind: 'command', name: first, load: command.load, rest };
  if (lookUp(nouns, first) !== undefined) return findVerb(first, rest);
  throw unknownWord(`there is no command ${first}`, first, [
    ...Object.keys(commands),
    ...Object.keys(nouns),
  ]);
}

/** `slipway help build logs` is `slipway build logs --help`. */
function explain(words: readonly string[]): Request {
  return words.length === 0 ? { kind: 'overview' } : findCommand([...words, '--help']);
}

function findVerb(noun: string, [verb, ...rest]: readonly string[]): Request {
  const verbs = lookUp(nouns, noun)?.verbs ?? {};
  if (verb === undefined || helpWords.includes(verb)) return { kind: 'noun', noun };
  const load = lookUp(verbs, verb);
  if (load !== undefined) return { kind: 'command', name: `${noun} ${verb}`, load, rest };
  throw unknownWord(`slipway ${noun} has no ${verb}`, verb, Object.keys(verbs));
}

function unknownWord(problem: string, word: string, candidates: readonly string[]): Error {
  return usage(`${problem}; did you mean ${nearest(word, candidates)}?`);
}

function lookUp<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
