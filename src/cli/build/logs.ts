import type { SlipwayClient } from '#client';
import { buildOperations } from '#protocol';
import { command } from '../command/command.ts';
import type { CommandContext } from '../command/command-context.ts';
import { exitCodes } from '../command/exit-code.ts';
import { buildOperand, parseNumber } from '../command/operands.ts';
import { followToEnd } from './follow-to-end.ts';
import { LogPrinter } from './log-printer.ts';

export const printBuildLogs = command({
  summary: 'Prints the log of a build, with --follow until it has ended.',
  description:
    'With --follow the exit code is 0 for a build that succeeded and 1 for one that failed or was\n' +
    'canceled; phases and their times go to standard error. A broken connection is resumed where\n' +
    'it stopped. With --json every line, or with --follow every event, is one line of JSON.',
  operands: [buildOperand],
  options: {
    follow: { type: 'boolean', short: 'f', meaning: 'go on until the build has ended' },
    attempt: { type: 'string', value: 'N', meaning: 'of this attempt; else of the newest' },
    timestamps: { type: 'boolean', short: 't', meaning: 'put the time in front of every line' },
    raw: { type: 'boolean', meaning: 'print the stored log as it is, without headings' },
  },
  examples: ['slipway build logs 41 --follow'],
  async run(context, { operands: [build], options }) {
    const buildId = parseNumber(build, 'a build');
    const attempt =
      options.attempt === undefined ? undefined : parseNumber(options.attempt, '--attempt');
    const timestamps = options.timestamps === true;
    const client = await context.connect();
    if (options.follow) {
      return followToEnd(context, { client, buildId, lines: true, timestamps, attempt });
    }
    if (options.raw) {
      const text = await client.readRawLog(buildId, { attempt, signal: context.signal });
      context.output.line(text.replace(/\n$/, ''));
    } else {
      await printStored(context, client, { buildId, attempt, timestamps });
    }
    return exitCodes.ok;
  },
});

interface StoredLog {
  readonly buildId: number;
  readonly attempt: number | undefined;
  readonly timestamps: boolean;
}

async function printStored(
  context: CommandContext,
  client: SlipwayClient,
  { buildId, attempt, timestamps }: StoredLog,
): Promise<void> {
  const printer = new LogPrinter({ output: context.output, timestamps });
  let from = 0;
  let newest = attempt;
  for (;;) {
    const page = await client.call(buildOperations.log, {
      params: { buildId },
      query: { from, ...(newest !== undefined && { attempt: newest }) },
      signal: context.signal,
    });
    for (const line of page.lines) {
      if (context.json) context.output.line(JSON.stringify(line));
      else printer.print(page.attempt, line);
    }
    if (page.lines.length === 0) return;
    newest = page.attempt;
    from = page.next;
  }
}
