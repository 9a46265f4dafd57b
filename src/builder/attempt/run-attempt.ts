import type { Clock, Ids } from '#kernel';
import type { Logger } from '#platform/telemetry';
import type { Assignment, FinishReport } from '#protocol';
import type { AttemptEnd } from '../attempt-pool.ts';
import { builderErrors } from '../builder-errors.ts';
import type { Executor, NetworkPolicy, Sandbox, SandboxLimits, SandboxSpec } from '../executor.ts';
import { openGateway } from '../gateway/open-gateway.ts';
import type { UpstreamRegistry } from '../gateway/upstream-registry.ts';
import type { HostWatch } from '../host-watch.ts';
import { AttemptLog } from '../log/attempt-log.ts';
import { createSecretMask, type SecretMask } from '../log/secret-mask.ts';
import { AttemptFailure } from '../phases/attempt-failure.ts';
import { sshKeyText, sshKeyVariable } from '../phases/ssh-key.ts';
import type { AttemptClient } from '../server/attempt-client.ts';
import type { BuilderClient } from '../server/builder-client.ts';
import { runPhases } from './attempt-phases.ts';
import { PhaseRecorder } from './phase-recorder.ts';
import { verdictOf } from './verdict.ts';

/** What all attempts of a builder share. */
export interface AttemptTools {
  readonly client: BuilderClient;
  readonly executor: Executor;
  /** Knows whether the executor can work at all. */
  readonly host: Pick<HostWatch, 'look'>;
  /** The builder's name: its sandboxes carry it. */
  readonly owner: string;
  readonly limits: SandboxLimits;
  readonly network: NetworkPolicy;
  readonly upstream: UpstreamRegistry;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

/**
 * Runs one attempt from the first line of its log to its verdict, and leaves nothing behind. When
 * the signal aborts, or the server says that the attempt has ended, its sandbox is thrown away and
 * nothing is reported. An attempt that the host let down is given up without a verdict: the build is
 * not to blame. Never throws.
 */
export async function runAttempt(
  assignment: Assignment,
  tools: AttemptTools,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const client = tools.client.attempt(assignment.attemptId, assignment.token);
  const broken = new AbortController();
  const mask = createSecretMask(secretsOf(assignment));
  const log = new AttemptLog({
    send: (batch) => client.sendLog(batch),
    mask,
    clock: tools.clock,
    onFailure: (error) => broken.abort(error),
  });
  const both = AbortSignal.any([signal, broken.signal]);
  const report = await runToVerdict({ assignment, client, log, mask, tools, signal: both });
  if (signal.aborted || report === undefined) {
    log.discard();
    // Nobody is there to tell when the server is what was lost.
    await client.settle().catch(() => undefined);
    return 'told';
  }
  await log.close();
  if (report === 'given_up') return report;
  await finish(client, report, { logger: tools.logger, signal });
  return 'told';
}

interface AttemptRun {
  readonly assignment: Assignment;
  readonly client: AttemptClient;
  readonly log: AttemptLog;
  readonly mask: SecretMask;
  readonly tools: AttemptTools;
  readonly signal: AbortSignal;
}

/** `undefined` when the attempt has no rights any more. The sandbox is gone when this resolves. */
async function runToVerdict(run: AttemptRun): Promise<FinishReport | 'given_up' | undefined> {
  const { client, log, tools, signal } = run;
  const { limits, clock } = tools;
  const recorder = new PhaseRecorder({ client, log, limits, clock, signal });
  try {
    await runInSandbox(run, recorder);
    recorder.say('Build finished');
    return { outcome: 'success' };
  } catch (thrown) {
    const error = signal.aborted ? signal.reason : thrown;
    if (isEnded(error)) return undefined;
    if (!signal.aborted && (await isHostsFault(error, tools))) {
      recorder.say(
        `${messageOf(error)}\nThe builder gives this attempt up; the build is tried again.`,
      );
      return 'given_up';
    }
    if (!(error instanceof AttemptFailure)) {
      tools.logger.warn({ error, attempt: run.assignment.attemptId }, 'an attempt broke off');
    }
    const verdict = verdictOf(error, recorder.current, run.mask);
    recorder.say(`Build failed: ${verdict.message}`);
    return verdict;
  }
}

async function runInSandbox(run: AttemptRun, recorder: PhaseRecorder): Promise<void> {
  const { assignment, client, tools, signal } = run;
  const id = `${assignment.attemptId}-${tools.ids.uuid().slice(0, 8)}`;
  using gateway = openGateway({
    assignment,
    serverUrl: tools.client.serverUrl,
    upstream: tools.upstream,
    notice: (text) => recorder.say(text),
    logger: tools.logger,
  });
  const spec = { owner: tools.owner, limits: tools.limits, network: tools.network, gateway };
  await using sandbox = await openSandbox(tools, { ...spec, id }, signal);
  try {
    await runPhases({ assignment, client, recorder, sandbox, signal });
  } catch (error) {
    if (!signal.aborted && isOfCommand(error)) await requireLife(sandbox, signal);
    throw error;
  }
}

/** An engine that is there again by now let nobody down for good: it is asked once more. */
async function openSandbox(
  { executor, host }: AttemptTools,
  spec: SandboxSpec,
  signal: AbortSignal,
): Promise<Sandbox> {
  try {
    return await executor.open(spec, signal);
  } catch (error) {
    if (signal.aborted || !(await host.look())) throw error;
    return executor.open({ ...spec, id: `${spec.id}-2` }, signal);
  }
}

/** An engine that is being stopped ends what runs in sandboxes first, which looks like any failure. */
async function requireLife(sandbox: Sandbox, signal: AbortSignal): Promise<void> {
  const nothing = { workingDirectory: '/', environment: {}, onOutput: () => undefined };
  await sandbox.run({ argv: ['true'], ...nothing }, signal);
}

const reasonsOfCommands: ReadonlySet<string> = new Set([
  'clone_failed',
  'hook_failed',
  'build_failed',
  'test_failed',
  'push_failed',
]);

function isOfCommand(error: unknown): boolean {
  return error instanceof AttemptFailure && reasonsOfCommands.has(error.reason);
}

/** A sandbox that vanished is never its build's fault, which could do nothing about it. */
async function isHostsFault(error: unknown, { host }: AttemptTools): Promise<boolean> {
  if (error instanceof AttemptFailure) return false;
  const isLost = builderErrors.is(error) && error.code === 'SANDBOX_LOST';
  return !(await host.look()) || isLost;
}

function messageOf(error: unknown): string {
  return builderErrors.is(error) ? error.message : 'something went wrong in the builder itself';
}

function secretsOf({ variables, token }: Assignment): readonly string[] {
  const key = variables[sshKeyVariable];
  const given = Object.values(variables);
  return [token, ...given, ...(key === undefined ? [] : [sshKeyText(key)])];
}

function isEnded(error: unknown): boolean {
  return builderErrors.is(error) && error.code === 'ATTEMPT_ENDED';
}

async function finish(
  client: AttemptClient,
  report: FinishReport,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await client.finish(report, signal);
  } catch (error) {
    if (!isEnded(error) && !signal.aborted)
      logger.warn({ error }, 'a verdict could not be reported');
  }
}
