import { command } from '../core/command.ts';

export const builder = command({
  summary: 'Runs a builder for a server elsewhere.',
  description:
    'The credential comes from SLIPWAY_BUILDER_TOKEN. SIGTERM and Ctrl-C end running builds, which\n' +
    'the server then tries again.',
  operands: [],
  options: {
    name: {
      type: 'string',
      value: 'NAME',
      meaning: 'how the server calls it; the host name by default',
    },
    slots: { type: 'string', value: 'N', meaning: 'how many builds it runs at once' },
  },
  examples: ['slipway builder --server https://hub.example.com --name builder-1 --slots 4'],
  async run({ signal }, { options }) {
    const { runBuilderProcess } = await import('#app');
    await runBuilderProcess({ ...options }, { signal });
  },
});
