/**
 * platform/config: the only reader of environment, flags and the configuration file. One table of
 * settings yields the types, the checks and the documentation; all problems are told at once.
 */
export { renderConfigurationTable } from './configuration-page.ts';
export {
  type Config,
  type ConfigSources,
  configErrors,
  kebab,
  loadConfig,
  type SettingName,
} from './load-config.ts';
export { editDistance, nearest } from './nearest.ts';
export { type Flags, readConfiguration } from './read-configuration.ts';
export { readEnvironment } from './read-environment.ts';
export type { ListenAddress } from './setting.ts';
export { type PlainSettingName, settingsAsEnvironment } from './setting-texts.ts';
export { settings } from './settings.ts';
export { toolEnvironment } from './tool-environment.ts';
