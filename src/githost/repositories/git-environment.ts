import { harmlessOdditySettings } from './harmless-oddities.ts';

/**
 * What git must be told wherever it touches a repository of the host. It comes with each
 * run instead of standing in the repositories, so that all of them obey the version that runs. Nothing
 * of the machine's or the user's own configuration counts, no hook ever runs, and whoever may read a
 * repository may ask for any commit of it by its id.
 */
const settings = {
  'core.hooksPath': '/dev/null',
  'core.fsync': 'all',
  'receive.fsckObjects': 'true',
  ...harmlessOdditySettings,
  'receive.advertisePushOptions': 'true',
  // A branch that HEAD names may be renamed as any other: HEAD follows when refs are read.
  'receive.denyDeleteCurrent': 'ignore',
  'receive.maxInputSize': String(4 * 1024 ** 3),
  'uploadpack.allowAnySHA1InWant': 'true',
  'uploadpack.allowFilter': 'true',
  'http.getanyfile': 'false',
  // The folder is the server's own, whoever the mounted disk says its owner is.
  'safe.directory': '*',
  'protocol.allow': 'never',
} as const;

/** Where programs are on every system that the server is made for. */
const programPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The whole environment of a git process; `extra` settings come last and win. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const pairs = Object.entries({ ...settings, ...extra });
  const environment: NodeJS.ProcessEnv = {
    PATH: programPath,
    LC_ALL: 'C',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_CONFIG_COUNT: String(pairs.length),
  };
  pairs.forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return environment;
}
