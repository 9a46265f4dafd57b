import { defineErrors } from '#kernel';
import { nearest } from './nearest.ts';
import type { Setting, SettingWithDefault } from './setting.ts';
import { settings } from './settings.ts';

export type SettingName = keyof typeof settings;

type ValueOf<Declared> =
  Declared extends SettingWithDefault<infer Value>
    ? Value
    : Declared extends Setting<infer Value>
      ? Value | undefined
      : never;

/** Every setting with its value, frozen. Rooms are handed what they need of it, never the whole. */
export type Config = { readonly [Name in SettingName]: ValueOf<(typeof settings)[Name]> };

export interface ConfigSources {
  /** Lowest first: the file's keys, the environment, the command line's flags. */
  readonly file?: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags?: Partial<Record<SettingName, string>>;
}

export const configErrors = defineErrors({
  CONFIG_INVALID: 'one or more settings are wrong; the message lists all of them',
});

const settingNames = Object.keys(settings) as SettingName[];
const environmentNames: ReadonlyMap<string, SettingName> = new Map(
  settingNames.map((name) => [settings[name].env, name]),
);
/** Variables that begin alike and are read elsewhere. */
const foreignVariables = /^SLIPWAY_(?:TEST_|SERVER$|TOKEN$|CACHE$)/;

/** Throws `CONFIG_INVALID` with every problem in one message. */
export function loadConfig(sources: ConfigSources): Config {
  const problems = [...unknownNames(sources)];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of settingNames) values[name] = readSetting(name, sources, problems);
  const config = values as Config;
  problems.push(...contradictions(config));
  if (problems.length > 0) {
    throw configErrors.fail('CONFIG_INVALID', problems.join('\n'), { detail: { problems } });
  }
  return Object.freeze(config);
}

function readSetting(name: SettingName, sources: ConfigSources, problems: string[]): unknown {
  const declared: Setting<unknown> = settings[name];
  const found = givenText(name, sources) ?? { text: declared.fallback, where: 'the default' };
  if (found.text === undefined) return undefined;
  try {
    return declared.parse(found.text);
  } catch (error) {
    const shown = declared.secret ? '' : `, not "${found.text.slice(0, 100)}"`;
    problems.push(`${found.where} ${(error as Error).message}${shown}`);
    return undefined;
  }
}

function givenText(name: SettingName, { flags, environment, file }: ConfigSources) {
  const flag = flags?.[name];
  if (flag !== undefined) return { text: flag, where: `--${kebab(name)}` };
  const variable = environment[settings[name].env];
  if (variable !== undefined && variable !== '') {
    return { text: variable, where: settings[name].env };
  }
  const key = file?.[name];
  return key === undefined ? undefined : { text: key, where: `${name} in the configuration file` };
}

function* unknownNames({ environment, file }: ConfigSources): Iterable<string> {
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith('SLIPWAY_') || foreignVariables.test(variable)) continue;
    if (environmentNames.has(variable)) continue;
    yield `${variable} is no setting; ${didYouMean(variable, [...environmentNames.keys()])}`;
  }
  for (const key of Object.keys(file ?? {})) {
    if (Object.hasOwn(settings, key)) continue;
    yield `${key} in the configuration file is no setting; ${didYouMean(key, settingNames)}`;
  }
}

function didYouMean(name: string, candidates: readonly string[]): string {
  return `did you mean ${nearest(name, candidates)}?`;
}

function* contradictions(config: Config): Iterable<string> {
  if (config.databaseUrl !== undefined && config.secretKey === undefined) {
    yield 'SLIPWAY_SECRET_KEY is needed with PostgreSQL, the same for every server: make one with `openssl rand -base64 32`';
  }
  if ((config.adminUsername === undefined) !== (config.adminPassword === undefined)) {
    yield 'SLIPWAY_ADMIN_USERNAME and SLIPWAY_ADMIN_PASSWORD go together: set both or neither';
  }
}

/** `publicUrl` → `public-url`. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
