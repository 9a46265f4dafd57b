import { command } from '../command/command.ts';

export const builder = command({
  summary: 'Runs a builder for a server elsewhere.',
  description:
    'The credential comes from SLIPWAY_BUILDER_TOKEN, which the server is started with as well.\n' +
    'SIGTERM lets running builds end and takes no more; a second one, or Ctrl-C, ends at once,\n' +
    'and the server tries those builds again.',
  operands: [],
  options: {
    name: {
      type: 'string',
      value: 'NAME',
      meaning: 'what the server calls it, stable over restarts; the host name by default',
    },
    slots: {
      type: 'string',
      value: 'N',
      meaning: 'how many builds run at once; half of the cores by default',
    },
    child: { type: 'boolean', meaning: 'end when standard input closes, as a server starts it' },
  },
  examples: ['slipway builder --server https://hub.example.com --name builder-1 --slots 4'],
  async run(context, { options: { name, slots, child = false } }) {
    const { runBuilderProcess } = await import('#app');
    await runBuilderProcess({
      server: await context.serverUrl(),
      isChild: child,
      ...(name !== undefined && { name }),
      ...(slots !== undefined && { slots }),
    });
  },
});
