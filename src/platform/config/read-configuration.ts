import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { type Config, configErrors, loadConfig, type SettingName } from './load-config.ts';
import { readEnvironment } from './read-environment.ts';
import { settings } from './settings.ts';

export type Flags = Partial<Record<SettingName, string>>;

/**
 * The whole configuration of this process: defaults, the file that `--config` or `SLIPWAY_CONFIG`
 * names, the environment, flags. Throws `CONFIG_INVALID` with every problem.
 */
export async function readConfiguration(flags: Flags): Promise<Config> {
  const environment = readEnvironment();
  const path = flags.config ?? environment[settings.config.env];
  if (path === undefined || path === '') return loadConfig({ environment, flags });
  return loadConfig({ environment, flags, file: parseConfigurationFile(await readText(path)) });
}

/** Keys and values of a YAML file, values as text. Throws `CONFIG_INVALID`. */
export function parseConfigurationFile(text: string): Readonly<Record<string, string>> {
  const content: unknown = parseYaml(text) ?? {};
  if (typeof content !== 'object' || Array.isArray(content)) throw notFlat();
  return Object.fromEntries(
    Object.entries(content as object).map(([key, value]: [string, unknown]) => {
      if (!isScalar(value)) throw notFlat();
      return [key, String(value)];
    }),
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw configErrors.fail('CONFIG_INVALID', `config: ${path} can not be read (${reason})`, {
      cause: error,
    });
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [firstLine] = (error as Error).message.split('\n');
    throw configErrors.fail('CONFIG_INVALID', `the configuration file is no YAML: ${firstLine}`);
  }
}

function notFlat() {
  return configErrors.fail(
    'CONFIG_INVALID',
    'the configuration file holds one "setting: value" a line, such as "listen: 0.0.0.0:5000"',
  );
}
