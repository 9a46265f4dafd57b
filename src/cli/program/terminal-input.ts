import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { SecretInput } from '../command/command-context.ts';
import { usage } from '../command/parse-command-line.ts';

/** Asks on a terminal; questions go to `screen`, so that standard output stays clean. */
export function createTerminalInput(
  keyboard: NodeJS.ReadStream,
  screen: NodeJS.WriteStream,
  listen: () => AbortSignal,
): SecretInput {
  return {
    isTerminal: keyboard.isTTY,
    async ask(question, { isSecret }) {
      if (!keyboard.isTTY) {
        throw usage(`cannot ask for "${question}" without a terminal; see --help for other ways`);
      }
      screen.write(`${question}: `);
      const reader = createInterface({
        input: keyboard,
        output: isSecret ? silentScreen() : screen,
        terminal: true,
      });
      // In raw mode Ctrl-C is a key like any other: it becomes the signal again.
      reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      try {
        return await reader.question('', { signal: listen() });
      } finally {
        reader.close();
        if (isSecret) screen.write('\n');
      }
    },
    readAll: async () => (await text(keyboard)).replace(/\r?\n$/, ''),
  };
}

/** Takes the echo of what is typed, and shows nothing. */
function silentScreen(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
