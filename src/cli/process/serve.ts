import { kebab, type SettingName, settings } from '#platform/config';
import {
  type CommandInput,
  command,
  type OptionDeclaration,
  type OptionTable,
} from '../command/command.ts';

type Flags = Partial<Record<SettingName, string>>;

export const serve = command({
  summary: 'Runs the server: registry, API, git host and a builder of its own.',
  description:
    'Every option can be set in the environment as well; secrets only there. At the first start\n' +
    'SLIPWAY_ADMIN_USERNAME and SLIPWAY_ADMIN_PASSWORD make the first administrator.\n' +
    'GET /readyz answers 200 when it can serve. SIGTERM and Ctrl-C let running requests end.',
  operands: [],
  isLocal: true,
  options: settingOptions(),
  examples: ['slipway serve --data ./slipway-data --listen 127.0.0.1:5000'],
  async run({ signal }, { options }) {
    const { runServer } = await import('#app');
    await runServer(readFlags(options), { signal });
  },
});

/** One option a setting; secrets have none, for command lines can be read by others. */
function settingOptions(): OptionTable {
  const names = (Object.keys(settings) as SettingName[]).filter((name) => !isSecret(name));
  return Object.fromEntries(names.map((name) => [kebab(name), settingOption(name)]));
}

function isSecret(name: SettingName): boolean {
  return 'secret' in settings[name];
}

function settingOption(name: SettingName): OptionDeclaration {
  const { meaning, ...rest } = settings[name];
  if (name === 'builder') return { type: 'boolean', negatable: true, meaning: 'start no builder' };
  const fallback = 'fallback' in rest && rest.fallback ? ` (${rest.fallback} by default)` : '';
  return { type: 'string', value: 'VALUE', meaning: `${meaning}${fallback}` };
}

function readFlags(options: CommandInput['options']): Flags {
  const given = (Object.keys(settings) as SettingName[]).flatMap((name) => {
    const value = options[kebab(name)];
    return value === undefined ? [] : [[name, value.toString()] as const];
  });
  return Object.fromEntries(given);
}
