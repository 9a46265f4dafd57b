import {
  type Config,
  type PlainSettingName,
  settings,
  settingsAsEnvironment,
  toolEnvironment,
} from '#platform/config';

export interface ChildEnvironmentOptions {
  readonly config: Config;
  /** The server's own. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly token: string;
  /** The host of the server's address, to which no proxy leads. */
  readonly ownHost: string;
}

/** Every setting that a builder heeds. */
const builderSettings = [
  'logLevel',
  'builderSlots',
  'builderExecutor',
  'builderCpus',
  'builderMemory',
  'builderProcesses',
  'builderDisk',
  'builderAllow',
  'builderExtraCa',
] as const satisfies readonly PlainSettingName[];

/**
 * The whole environment of the server's own builder. It runs what strangers write, so that it holds
 * nothing of the server but its own settings, as the server resolved them, and its own credential.
 */
export function childEnvironment(
  options: ChildEnvironmentOptions,
): Readonly<Record<string, string>> {
  const inherited = toolEnvironment(options.environment);
  return {
    ...inherited,
    ...withoutProxy(inherited, options.ownHost),
    ...settingsAsEnvironment(options.config, builderSettings),
    [settings.builderToken.env]: options.token,
  };
}

function withoutProxy(inherited: Readonly<Record<string, string>>, host: string) {
  const isProxied = Object.keys(inherited).some((name) => /^(https?|all)_proxy$/i.test(name));
  if (!isProxied) return {};
  const known = inherited['no_proxy'] ?? inherited['NO_PROXY'];
  const all = known === undefined || known === '' ? host : `${known},${host}`;
  return { NO_PROXY: all, no_proxy: all };
}
