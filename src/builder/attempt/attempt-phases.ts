import type { Assignment } from '#protocol';
import type { Sandbox } from '../executor.ts';
import { buildEnvironment } from '../phases/build-environment.ts';
import { type BuildFiles, findBuildFiles } from '../phases/build-files.ts';
import { clone } from '../phases/clone.ts';
import { addFurtherTags, defaultBuild } from '../phases/default-build.ts';
import { defaultPush } from '../phases/default-push.ts';
import { defaultTest, findTestFiles } from '../phases/default-test.ts';
import { findHooks, type Hook, type HookName, runHook } from '../phases/hooks.ts';
import type { PhaseTools } from '../phases/phase-tools.ts';
import { publish } from '../phases/publish.ts';
import { installSshKey, sshKeyVariable } from '../phases/ssh-key.ts';
import type { AttemptClient } from '../server/attempt-client.ts';
import type { PhaseRecorder, RunningPhase } from './phase-recorder.ts';

export interface AttemptPhasesOptions {
  readonly assignment: Assignment;
  readonly client: Pick<AttemptClient, 'publish'>;
  readonly recorder: PhaseRecorder;
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
}

/** Runs all phases of an attempt in their order. Throws `AttemptFailure` where one of them fails. */
export async function runPhases(options: AttemptPhasesOptions): Promise<void> {
  const source = await cloneSource(options);
  const phases = new AttemptPhases(options, source);
  await phases.build();
  await phases.test();
  if (options.assignment.push) await phases.push();
}

interface Source {
  readonly files: BuildFiles;
  readonly environment: Readonly<Record<string, string>>;
  readonly hooks: ReadonlyMap<HookName, Hook>;
}

/** The container engine starts meanwhile; the first hook may already need it. */
function cloneSource(options: AttemptPhasesOptions): Promise<Source> {
  const { assignment, recorder, sandbox, signal } = options;
  const ready = sandbox.ready(signal);
  ready.catch(() => undefined); // awaited below, unless the clone fails first
  return recorder.run('clone', sandbox, async (running) => {
    const { commands } = running;
    const key = assignment.variables[sshKeyVariable];
    if (key !== undefined) await installSshKey(commands, key);
    const checkout = await clone(assignment, running);
    const files = await findBuildFiles(assignment, commands);
    const hooks = await findHooks(files, commands);
    await ready;
    return { files, environment: buildEnvironment(assignment, checkout, files), hooks };
  });
}

/** The phases after the clone. */
class AttemptPhases {
  readonly #options: AttemptPhasesOptions;
  readonly #source: Source;
  /** Read anew whenever a hook has run, since hooks may write hooks. */
  #hooks: ReadonlyMap<HookName, Hook>;

  constructor(options: AttemptPhasesOptions, source: Source) {
    this.#options = options;
    this.#source = source;
    this.#hooks = source.hooks;
  }

  async build(): Promise<void> {
    await this.#extraHook('post_checkout');
    await this.#extraHook('pre_build');
    await this.#phase('build', async (tools) => {
      if (!(await this.#runHookInstead('build', tools))) await defaultBuild(tools);
      await addFurtherTags(tools);
    });
    await this.#extraHook('post_build');
  }

  async test(): Promise<void> {
    await this.#extraHook('pre_test');
    await this.#testPhase();
    await this.#extraHook('post_test');
  }

  async push(): Promise<void> {
    const { client } = this.#options;
    await this.#extraHook('pre_push');
    await this.#phase('push', async (tools) => {
      if (!(await this.#runHookInstead('push', tools))) await defaultPush(tools);
    });
    await this.#phase('publish', ({ log }) => publish(client, log));
    if (!this.#hooks.has('post_push')) return;
    await this.#phase('post_push', async (tools) => {
      await this.#runHookInstead('post_push', tools);
      await publish(client, tools.log);
    });
  }

  async #testPhase(): Promise<void> {
    const names = await this.#testFiles();
    if (names.length === 0 && !this.#hooks.has('test')) return;
    await this.#phase('test', async (tools) => {
      if (!(await this.#runHookInstead('test', tools))) await defaultTest(tools, names);
    });
  }

  async #testFiles(): Promise<readonly string[]> {
    const { recorder, sandbox } = this.#options;
    return findTestFiles({ commands: recorder.commands(sandbox), files: this.#source.files });
  }

  /** A hook that adds to the default; without it there is no such phase. */
  async #extraHook(name: HookName): Promise<void> {
    if (!this.#hooks.has(name)) return;
    await this.#phase(name, (tools) => this.#runHookInstead(name, tools));
  }

  /** Whether there was a hook of this name to run. */
  async #runHookInstead(name: HookName, tools: PhaseTools): Promise<boolean> {
    const hook = this.#hooks.get(name);
    if (hook === undefined) return false;
    await runHook(hook, tools);
    this.#hooks = await findHooks(tools.files, tools.commands);
    return true;
  }

  #phase<Result>(
    name: HookName | 'publish',
    work: (tools: PhaseTools) => Promise<Result>,
  ): Promise<Result> {
    const { recorder, sandbox, assignment } = this.#options;
    const { files, environment } = this.#source;
    return recorder.run(name, sandbox, (running: RunningPhase) =>
      work({ assignment, files, environment, ...running }),
    );
  }
}
