import type { Assignment } from '#protocol';
import type { PhaseLog } from '../log/attempt-log.ts';
import { AttemptFailure } from './attempt-failure.ts';
import type { Commands } from './commands.ts';
import { explainFetch } from './fetch-trouble.ts';
import { probe } from './probes.ts';
import { sshKeyVariable } from './ssh-key.ts';

/** Where the whole source lies, for hooks and container engine under the same path. */
export const checkoutFolder = '/workspace/source';

export interface Checkout {
  readonly commitMessage: string;
}

/**
 * Brings exactly the commit of the event, shallow, with HEAD on a branch of the right name (a tag:
 * detached), `origin` reachable for the rest of the build, and the tags that point to the commit.
 * Throws `clone_failed`.
 */
export async function clone(
  assignment: Assignment,
  { commands, log }: { readonly commands: Commands; readonly log: PhaseLog },
): Promise<Checkout> {
  const { type, name, commit } = assignment.source;
  log.say(`Cloning ${type} ${name} at ${commit}`);
  const hasKey = assignment.variables[sshKeyVariable] !== undefined;
  const { exitCode, complaints } = await commands.overhear({
    argv: probe('slipway-clone', ...cloneArguments(assignment)),
    folder: '/workspace',
    environment: gitEnvironment,
  });
  if (exitCode !== 0) {
    throw cloneFailure(assignment, exitCode, explainFetch({ output: complaints, hasKey }));
  }
  await completeClone(commands, hasKey);
  return { commitMessage: await readCommitMessage(commands) };
}

function cloneArguments({ publicUrl, source }: Assignment): readonly string[] {
  const url = new URL(source.path, publicUrl).href;
  const isBranch = source.type === 'branch';
  const ref = isBranch ? `refs/heads/${source.name}` : `refs/tags/${source.name}`;
  const tracking = isBranch ? `refs/remotes/origin/${source.name}` : ref;
  return [checkoutFolder, url, ref, tracking, source.commit, isBranch ? source.name : ''];
}

/**
 * Nothing of a stranger's repository runs while git works: no hooks, no transport but these, no
 * questions. LFS objects come afterwards, so that their failure has its own words.
 */
const gitEnvironment = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_LFS_SKIP_SMUDGE: '1',
  ...gitSettings({
    'core.hooksPath': '/dev/null',
    'advice.detachedHead': 'false',
    'protocol.allow': 'never',
    'protocol.http.allow': 'always',
    'protocol.https.allow': 'always',
    'protocol.ssh.allow': 'always',
  }),
};

function gitSettings(settings: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(settings);
  const variables = pairs.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(pairs.length), ...Object.fromEntries(variables) };
}

function cloneFailure({ source }: Assignment, exitCode: number, why = logKnows): AttemptFailure {
  const what = `${source.type} ${source.name}`;
  const messages: Readonly<Record<number, string>> = {
    11: `commit ${source.commit} is not in ${what} any more: it was overwritten; push again or build the ${source.type} anew`,
    12: `${what} is not in the source any more: it was deleted after the push that asked for this build`,
  };
  const message = messages[exitCode] ?? `the source could not be fetched: ${why}`;
  return new AttemptFailure('clone_failed', message, exitCode);
}

const logKnows = 'the log says why';

async function completeClone(commands: Commands, hasKey: boolean): Promise<void> {
  const { exitCode, complaints } = await commands.overhear({
    argv: probe('slipway-complete-clone'),
    folder: checkoutFolder,
    environment: gitEnvironment,
  });
  if (exitCode === 0) return;
  const why = explainFetch({ output: complaints, hasKey }) ?? logKnows;
  const messages: Readonly<Record<number, string>> = {
    20: `a submodule could not be fetched: ${why}`,
    21: `files kept in Git LFS could not be fetched: ${why}`,
  };
  const message = messages[exitCode] ?? 'submodules and LFS files could not be looked for';
  throw new AttemptFailure('clone_failed', message, exitCode);
}

async function readCommitMessage(commands: Commands): Promise<string> {
  const { output } = await commands.read({
    argv: ['git', 'log', '-1', '--format=%B'],
    folder: checkoutFolder,
  });
  return output.trim();
}
