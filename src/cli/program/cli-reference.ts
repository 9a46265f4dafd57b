import { commands, nouns } from './command-table.ts';
import { renderCommand, renderOverview } from './help-text.ts';

/** Every help text in Markdown: the second half of `docs/cli.md`. */
export async function renderCliReference(): Promise<string> {
  const sections = await Promise.all(
    [...everyCommand()].map(async ({ name, load }) => {
      return `### slipway ${name}\n\n${asBlock(renderCommand(name, await load()))}`;
    }),
  );
  return `${asBlock(renderOverview())}\n\n${sections.join('\n\n')}\n`;
}

export function* everyCommand() {
  for (const [name, { load }] of Object.entries(commands)) yield { name, load };
  for (const [noun, { verbs }] of Object.entries(nouns)) {
    for (const [verb, load] of Object.entries(verbs)) yield { name: `${noun} ${verb}`, load };
  }
}

function asBlock(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
