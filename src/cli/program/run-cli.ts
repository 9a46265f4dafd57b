import { type ExitCode, exitCodes } from '../command/exit-code.ts';
import { parseCommandLine } from '../command/parse-command-line.ts';
import type { CliHost } from './cli-host.ts';
import { type CommonValues, createContext, createOutput } from './create-context.ts';
import { type Explanation, explainError } from './explain-error.ts';
import { findCommand, type Request } from './find-command.ts';
import { renderCommand, renderNoun, renderOverview } from './help-text.ts';
import { programVersion } from './program-version.ts';

/** Runs one command line and gives the exit code. Throws nothing but bugs. */
export async function runCli(words: readonly string[], host: CliHost): Promise<ExitCode> {
  try {
    return await dispatch(findCommand(words), host);
  } catch (error) {
    if (host.signal.aborted) return exitCodes.interrupted;
    const explanation = explainError(error);
    if (explanation === undefined) throw error;
    tell(explanation, host, words.includes('--json'));
    return explanation.exitCode;
  }
}

async function dispatch(request: Request, host: CliHost): Promise<ExitCode> {
  const output = createOutput(host.stdout, host.environment);
  switch (request.kind) {
    case 'overview':
      output.line(renderOverview());
      return exitCodes.ok;
    case 'version':
      output.line(await programVersion());
      return exitCodes.ok;
    case 'noun':
      output.line(await renderNoun(request.noun));
      return exitCodes.ok;
    case 'command':
      return runCommand(request, host);
  }
}

async function runCommand(
  { name, load, rest }: Extract<Request, { kind: 'command' }>,
  host: CliHost,
): Promise<ExitCode> {
  const loaded = await load();
  const input = parseCommandLine(loaded, rest);
  const common: CommonValues = input.options;
  if (common.help) {
    createOutput(host.stdout, host.environment).line(renderCommand(name, loaded));
    return exitCodes.ok;
  }
  const exitCode = await loaded.run(createContext(host, common), input);
  return exitCode ?? exitCodes.ok;
}

function tell({ exitCode, isInLog, ...error }: Explanation, host: CliHost, asJson: boolean): void {
  const errors = createOutput(host.stderr, host.environment);
  if (asJson) {
    errors.line(JSON.stringify({ error }, undefined, 2));
    return;
  }
  errors.line(`${errors.style.bad('slipway:')} ${error.message}`);
  if (exitCode === exitCodes.usage) errors.line('(slipway help <command> shows what is possible)');
  if (isInLog) {
    errors.line(errors.style.dim(`The server's log has more under request ${error.requestId}.`));
  }
}
