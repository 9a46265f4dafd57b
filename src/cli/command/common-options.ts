import type { Command, OptionTable } from './command.ts';

const help = { type: 'boolean', short: 'h', meaning: 'show this text' } as const;

/** What every command takes besides its own options. */
export const commonOptions = {
  json: { type: 'boolean', meaning: 'print JSON instead of text' },
  server: {
    type: 'string',
    value: 'URL',
    meaning: 'the server to talk to (else SLIPWAY_SERVER, else the last one logged in to)',
  },
  help,
} as const satisfies OptionTable;

export function commonOptionsOf({ isLocal }: Command): OptionTable {
  return isLocal ? { help } : commonOptions;
}
