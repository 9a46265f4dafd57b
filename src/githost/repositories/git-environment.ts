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
  // What a process takes in memory does not grow with what somebody packs.
  'core.bigFileThreshold': '32m',
  'core.deltaBaseCacheLimit': '32m',
  'pack.threads': '1',
  'pack.windowMemory': '64m',
  'pack.deltaCacheSize': '32m',
  // Else it would run on behind the push, and nobody would count it.
  'gc.autoDetach': 'false',
  'uploadpack.allowAnySHA1InWant': 'true',
  'uploadpack.allowFilter': 'true',
  'http.getanyfile': 'false',
  // The folder is the server's own, whoever the mounted disk says its owner is.
  'safe.directory': '*',
  'protocol.allow': 'never',
} as const;

/** Where programs are on every system that the server is made for. */
const programPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Settings of git by their names. */
export type GitSettings = Readonly<Record<string, string>>;

/**
 * The largest single piece of memory that git asks for: an object that would grow out of a small delta is
 * refused before it does. A client itself packs no larger ones as deltas (`core.bigFileThreshold`).
 */
const largestAllocation = '640m';

/** The whole environment of a git process; `extra` settings come last and win. */
export function gitEnvironment(extra: GitSettings = {}): NodeJS.ProcessEnv {
  const pairs = Object.entries({ ...settings, ...extra });
  const environment: NodeJS.ProcessEnv = {
    PATH: programPath,
    LC_ALL: 'C',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOC_LIMIT: largestAllocation,
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_CONFIG_COUNT: String(pairs.length),
  };
  pairs.forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return environment;
}
