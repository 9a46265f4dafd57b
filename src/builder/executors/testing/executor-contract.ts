import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builderErrors } from '../../builder-errors.ts';
import type { Executor, Sandbox, SandboxGateway, SandboxSpec } from '../../executor.ts';
import { testGateway } from './test-gateway.ts';
import { transcribe } from './transcribe.ts';

/** What a driver's test hands to the contract. */
export interface ExecutorUnderTest {
  readonly executor: Executor;
  /** The same builder's next life: an executor that knows nothing of the first one's sandboxes. */
  nextLife(): Executor;
  /** Names of whatever sandboxes of this owner left on the host: containers, volumes, files. */
  leftovers(owner: string): Promise<readonly string[]>;
  /** Removes what the test itself made for the driver. */
  close?(): Promise<void>;
}

/**
 * What every driver of `Executor` does. The commands it runs are `true`, `false`, `echo`, `cat`,
 * `sleep`, `env`, `pwd` and `git` only, so that a driver without a machine behind it can play them.
 */
export function executorContract(name: string, create: () => Promise<ExecutorUnderTest>): void {
  describe(`executor contract: ${name}`, () => {
    const shared = useSandbox(create);
    preparing(shared);
    endings(shared);
    output(shared);
    surroundings(shared);
    wayOut(shared);
    aborting(shared);
    removal(shared);
  });
}

interface Shared {
  subject: ExecutorUnderTest;
  sandbox: Sandbox;
  /** What reached the gateway, as `method host path`. */
  readonly asked: string[];
  spec(id: string): SandboxSpec;
}

const never = new AbortController().signal;

/** One sandbox for all tests that leave it as it was. */
function useSandbox(create: () => Promise<ExecutorUnderTest>): Shared {
  const shared = { asked: [] as string[] } as Shared;
  beforeAll(async () => {
    const gateway = testGateway(({ method, headers, url }, response) => {
      shared.asked.push(`${method} ${headers.host} ${url}`);
      response.writeHead(404).end();
    });
    const run = crypto.randomUUID().slice(0, 8);
    shared.spec = (id) => specOf(`${run}-${id}`, `contract-${run}`, gateway);
    shared.subject = await create();
    await shared.subject.executor.prepare(() => undefined, never);
    shared.sandbox = await shared.subject.executor.open(shared.spec('shared'), never);
    await shared.sandbox.ready(never);
  });
  afterAll(async () => {
    await shared.sandbox[Symbol.asyncDispose]();
    await shared.subject.close?.();
  });
  return shared;
}

function specOf(id: string, owner: string, gateway: SandboxGateway): SandboxSpec {
  return {
    id,
    owner,
    gateway,
    limits: { cpus: 1, memoryBytes: 1_000_000_000, processes: 1_000, diskBytes: 1_000_000_000 },
    network: { allow: [] },
  };
}

function preparing(shared: Shared): void {
  test('prepare names a platform, and at once when it was called before', async () => {
    const facts = await shared.subject.executor.prepare(() => undefined, never);

    expect(facts.platforms[0]).toMatch(/^linux\/[a-z0-9]+$/);
  });

  test('what can open sandboxes says so in passing', async () => {
    await expect(shared.subject.executor.check(never)).resolves.toBeUndefined();
  });
}

function endings(shared: Shared): void {
  test('a command that succeeds ends with 0 and no limit reached', async () => {
    const result = await transcribe(shared.sandbox, ['true']);

    expect(result).toMatchObject({ exitCode: 0, outOfMemory: false, outOfDisk: false });
  });

  test('a command that fails ends with its own exit code', async () => {
    expect(await transcribe(shared.sandbox, ['false'])).toMatchObject({ exitCode: 1 });
  });

  test('a program that does not exist ends with 127, as in a shell', async () => {
    expect(await transcribe(shared.sandbox, ['no-such-program'])).toMatchObject({ exitCode: 127 });
  });

  test('a file that is no program ends with 126, as in a shell', async () => {
    expect(await transcribe(shared.sandbox, ['/workspace'])).toMatchObject({ exitCode: 126 });
  });
}

function output(shared: Shared): void {
  test('what a command says arrives by stream', async () => {
    const result = await transcribe(shared.sandbox, ['echo', 'one', 'two  three']);

    expect(result).toMatchObject({ stdout: 'one two  three\n', stderr: '' });
  });

  test('A23 arguments are never seen by a shell', async () => {
    const result = await transcribe(shared.sandbox, ['echo', '$HOME', '`id`', '; exit 3', '*']);

    expect(result.stdout).toBe('$HOME `id` ; exit 3 *\n');
  });

  test('input reaches the command byte for byte, and long output comes whole and in order', async () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => `line ${index}\n`).join('');
    const input = Buffer.concat([Buffer.from([0, 255, 10, 13]), Buffer.from(lines)]);
    const heard: Uint8Array[] = [];

    await transcribe(shared.sandbox, ['cat'], {
      input,
      onOutput: (_, bytes) => heard.push(Uint8Array.from(bytes)),
    });

    expect(Buffer.concat(heard).equals(input)).toBe(true);
  });

  test('without input the standard input is empty', async () => {
    expect(await transcribe(shared.sandbox, ['cat'])).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('input that nobody reads is no error', async () => {
    const input = new Uint8Array(1_000_000);

    expect(await transcribe(shared.sandbox, ['true'], { input })).toMatchObject({ exitCode: 0 });
  });

  test('commands run side by side without mixing their output', async () => {
    const words = ['a', 'b', 'c', 'd'];

    const results = await Promise.all(
      words.map((word) => transcribe(shared.sandbox, ['echo', word])),
    );

    expect(results.map((result) => result.stdout)).toEqual(words.map((word) => `${word}\n`));
  });
}

function surroundings(shared: Shared): void {
  test('a command runs in the folder it was given', async () => {
    expect((await transcribe(shared.sandbox, ['pwd'])).stdout).toBe('/workspace\n');
    expect((await transcribe(shared.sandbox, ['pwd'], { workingDirectory: '/' })).stdout).toBe(
      '/\n',
    );
  });

  test('the environment is the sandbox’s own with the command’s added, values as they are', async () => {
    const environment = { COMMIT_MSG: 'two\nlines with "quotes" and €', HOME: '/elsewhere' };

    const { stdout } = await transcribe(shared.sandbox, ['env'], { environment });

    expect(stdout).toContain('COMMIT_MSG=two\nlines with "quotes" and €\n');
    expect(stdout).toContain('HOME=/elsewhere\n');
    expect(stdout).toMatch(/^DOCKER_HOST=/m);
    expect(stdout).toMatch(/^PATH=/m);
  });
}

function wayOut(shared: Shared): void {
  test('what asks for the public name inside is a connection to the gateway', async () => {
    await transcribe(shared.sandbox, ['git', 'ls-remote', 'http://localhost:5000/git/a/b.git']);

    const target = '/git/a/b.git/info/refs?service=git-upload-pack';
    expect(shared.asked).toEqual([`GET localhost:5000 ${target}`]);
  });
}

function aborting(shared: Shared): void {
  test('an abort kills the command and rejects with the signal’s reason', async () => {
    const controller = new AbortController();
    const reason = new Error('canceled');
    const running = transcribe(shared.sandbox, ['sleep', '600'], { signal: controller.signal });

    controller.abort(reason);

    await expect(running).rejects.toBe(reason);
    expect(await transcribe(shared.sandbox, ['true'])).toMatchObject({ exitCode: 0 });
  });

  test('a signal that has aborted before starts nothing', async () => {
    const reason = new Error('too late');
    const heard: Uint8Array[] = [];
    const onOutput = (_: unknown, bytes: Uint8Array) => heard.push(bytes);

    const running = transcribe(shared.sandbox, ['echo', 'x'], {
      onOutput,
      signal: AbortSignal.abort(reason),
    });

    await expect(running).rejects.toBe(reason);
    expect(heard).toEqual([]);
  });
}

function removal(shared: Shared): void {
  test('a sandbox that is disposed leaves nothing behind, and may be disposed again', async () => {
    const { executor } = shared.subject;
    const spec = { ...shared.spec('disposed'), owner: `${shared.spec('').owner}-disposed` };
    const sandbox = await executor.open(spec, never);

    await sandbox[Symbol.asyncDispose]();
    await sandbox[Symbol.asyncDispose]();

    expect(executor.leftovers()).toEqual([]);
    expect(await shared.subject.leftovers(spec.owner)).toEqual([]);
  });

  test('a command in a sandbox that goes away ends with SANDBOX_LOST', async () => {
    const sandbox = await shared.subject.executor.open(shared.spec('lost'), never);
    await sandbox.ready(never);
    const running = transcribe(sandbox, ['sleep', '600']);
    const ending = running.catch((error: unknown) => error);

    await sandbox[Symbol.asyncDispose]();

    expect(await ending).toSatisfy(builderErrors.is);
    expect(await ending).toMatchObject({ code: 'SANDBOX_LOST' });
  });

  test('an open that is aborted leaves nothing behind', async () => {
    const { executor } = shared.subject;
    const spec = { ...shared.spec('aborted'), owner: `${shared.spec('').owner}-aborted` };
    const reason = new Error('canceled');

    const controller = new AbortController();
    const opening = executor.open(spec, controller.signal);
    controller.abort(reason);

    await expect(opening).rejects.toBe(reason);
    await expect(executor.open(spec, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await shared.subject.leftovers(spec.owner)).toEqual([]);
  });

  test('the next life of a builder removes the sandboxes of the last one, and no others', async () => {
    const owner = `${shared.spec('').owner}-crashed`;
    await shared.subject.executor.open({ ...shared.spec('orphan-1'), owner }, never);
    await shared.subject.executor.open({ ...shared.spec('orphan-2'), owner }, never);
    const next = shared.subject.nextLife();

    expect(await next.removeOrphans(owner)).toBe(2);

    expect(await shared.subject.leftovers(owner)).toEqual([]);
    expect(await next.removeOrphans(owner)).toBe(0);
    expect(await transcribe(shared.sandbox, ['true'])).toMatchObject({ exitCode: 0 });
  });
}
