import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kernel';
import { silentLogger } from '#platform/telemetry';
import type { Assignment } from '#protocol';
import type { Sandbox } from '../executor.ts';
import { createFakeExecutor } from '../executors/fake/fake-executor.ts';
import { openGateway } from '../gateway/open-gateway.ts';
import { createUpstreamRegistry } from '../gateway/upstream-registry.ts';
import { PhaseLog } from '../log/attempt-log.ts';
import { createSecretMask } from '../log/secret-mask.ts';
import { clone } from '../phases/clone.ts';
import { Commands } from '../phases/commands.ts';
import { defaultSandboxLimits } from '../run-builder.ts';
import type { SourceFiles } from './git-host.ts';
import { ProtocolServer } from './protocol-server.ts';

/** A sandbox with a gateway in front of a real git host, to run single phases in. */
export interface PhaseBench extends AsyncDisposable {
  readonly server: ProtocolServer;
  readonly sandbox: Sandbox;
  readonly commands: Commands;
  readonly log: PhaseLog;
  /** Where the fake sandbox keeps what is `/` inside. */
  readonly root: string;
  readonly lines: readonly string[];
  /** Commits these files, clones them, and gives the assignment of that. */
  checkOut(files: SourceFiles, changes?: Partial<Assignment>): Promise<Assignment>;
  /** What a command prints, run in the checkout. */
  print(...argv: readonly [string, ...string[]]): Promise<string>;
}

export async function openPhaseBench(): Promise<PhaseBench> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-p-'));
  const server = await ProtocolServer.open();
  const assignment = server.assignment('0'.repeat(40));
  const gateway = openGateway({
    assignment,
    serverUrl: server.url,
    upstream: createUpstreamRegistry(systemClock),
    notice: () => undefined,
    logger: silentLogger,
  });
  const signal = new AbortController().signal;
  const executor = createFakeExecutor({ stateFolder: join(folder, 'sandboxes') });
  const limits = defaultSandboxLimits;
  const spec = { id: '7-1', owner: 'bench', limits, network: { allow: [] }, gateway };
  const sandbox = await executor.open(spec, signal);
  const lines: string[] = [];
  const log = new PhaseLog(createSecretMask([]), (_, text) => lines.push(text));
  const commands = new Commands({ sandbox, limits, log, signal });
  return {
    server,
    sandbox,
    commands,
    log,
    lines,
    root: join(folder, 'sandboxes/bench/7-1'),
    checkOut: async (files, changes) => {
      const made = server.assignment(await server.git.commit(files), changes);
      await clone(made, { commands, log });
      return made;
    },
    print: async (...argv) => {
      const { output } = await commands.read({ argv, folder: '/workspace/source' });
      return output.trim();
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox[Symbol.asyncDispose]();
      gateway[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
