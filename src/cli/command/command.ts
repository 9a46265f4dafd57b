import type { CommandContext } from './command-context.ts';
import type { ExitCode } from './exit-code.ts';

/** An option of a command; its name is its key in the command's table, as typed after `--`. */
export interface OptionDeclaration {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in help texts: `URL`. Options of type string have one. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: true;
  /** A switch that is on by default, so that help shows how to turn it off: `--no-caching`. */
  readonly negatable?: true;
  readonly meaning: string;
}

export type OptionTable = Readonly<Record<string, OptionDeclaration>>;

/** What stands on the command line beside the options, in this order. */
export interface OperandDeclaration {
  readonly name: string;
  readonly meaning: string;
  readonly optional?: true;
  /** Takes all that follow; only the last operand may. */
  readonly repeated?: true;
}

type OptionValue<Declared extends OptionDeclaration> = Declared['type'] extends 'boolean'
  ? boolean
  : Declared extends { readonly multiple: true }
    ? readonly string[]
    : string;

/** Options that were not given are absent. */
export type OptionValues<Options extends OptionTable> = {
  readonly [Name in keyof Options]?: OptionValue<Options[Name]>;
};

export interface CommandInput<Options extends OptionTable = OptionTable> {
  /** As many as are declared: the parser has checked it. An optional one may be absent. */
  readonly operands: readonly string[];
  readonly options: OptionValues<Options>;
}

/** One verb. `run` gives the exit code where it is not 0; what it throws is explained by the program. */
export interface Command<Options extends OptionTable = OptionTable> {
  readonly summary: string;
  /** Further paragraphs of the help text. */
  readonly description?: string;
  readonly operands: readonly OperandDeclaration[];
  readonly options: Options;
  readonly examples?: readonly string[];
  /** Talks to no server, so `--server` and `--json` mean nothing to it. */
  readonly isLocal?: true;
  readonly run: (
    context: CommandContext,
    input: CommandInput<Options>,
  ) => Promise<ExitCode | undefined | void>;
}

/** Declares a command, so that `run` sees the types of its options. */
export function command<const Options extends OptionTable>(declaration: Command<Options>): Command {
  return declaration as unknown as Command;
}
