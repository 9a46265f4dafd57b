/** What the demo shows: numbered steps, the commands it runs, and what they say. */
export interface Screen {
  step(title: string): void;
  say(line?: string): void;
  /** A command as its user would type it. */
  command(words: readonly string[]): void;
  /** What a command printed, set apart. */
  output(text: string): void;
}

export function createScreen(stream: NodeJS.WriteStream, isColourful: boolean): Screen {
  const paint = (text: string, on: number, off: number) =>
    isColourful ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  const write = (line: string) => void stream.write(`${line}\n`);
  let steps = 0;
  return {
    step(title) {
      steps += 1;
      write('');
      write(paint(`${steps}. ${title}`, 1, 22));
    },
    say: (line = '') => write(line === '' ? '' : `   ${line}`),
    command: (words) => write(paint(`   $ ${words.map(quote).join(' ')}`, 36, 39)),
    output(text) {
      for (const line of text.split('\n')) write(paint(`   │ ${line}`, 2, 22));
    },
  };
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
