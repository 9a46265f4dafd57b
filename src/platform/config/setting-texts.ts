import type { Config, SettingName } from './load-config.ts';
import { settings } from './settings.ts';

/** Settings whose values can be said in text again, as they were read. */
export type PlainSettingName = {
  [Name in SettingName]: Config[Name] extends Plain ? Name : never;
}[SettingName];

type Plain = string | number | boolean | readonly string[] | undefined;

/**
 * Settings as another process of this program reads them from its environment, with the values that
 * they have here, wherever those came from. What is not set is left out.
 */
export function settingsAsEnvironment(
  config: Pick<Config, PlainSettingName>,
  names: readonly PlainSettingName[],
): Readonly<Record<string, string>> {
  const given = names.flatMap((name) => {
    const value: Plain = config[name];
    return value === undefined ? [] : [[settings[name].env, textOf(value)] as const];
  });
  return Object.fromEntries(given);
}

function textOf(value: Exclude<Plain, undefined>): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
