import { describe, expect, test } from 'vitest';
import { hookNames } from '../phases/hooks.ts';
import { ProtocolServer } from '../testing/protocol-server.ts';
import { runOneAttempt } from '../testing/run-one-attempt.ts';
import { startBuilder } from '../testing/running-builder.ts';

const dockerfile = { Dockerfile: 'FROM scratch\n' };
const sut = { 'docker-compose.test.yml': 'services: { sut: { image: this } }\n' };
const allHooks = Object.fromEntries(
  hookNames.map((name) => [`hooks/${name}`, '#!/bin/sh\necho it ran\n']),
);
const everything = { ...dockerfile, ...sut, ...allHooks };

describe('the phases of an attempt', () => {
  test('LNK-03 run in Docker Hub’s order, each hook in its place', async () => {
    const { record, verdict } = await runOneAttempt({ files: everything });

    expect(verdict).toEqual({ outcome: 'success' });
    expect(record.began).toEqual([
      'clone',
      'post_checkout',
      'pre_build',
      'build',
      'post_build',
      'pre_test',
      'test',
      'post_test',
      'pre_push',
      'push',
      'publish',
      'post_push',
    ]);
    const executed = [...record.text.matchAll(/Executing (\w+) hook\.\.\./g)].map(
      ([, name]) => name,
    );
    expect(executed).toEqual(hookNames);
  });

  test('that have nothing to do don’t appear', async () => {
    const { record } = await runOneAttempt({ files: dockerfile });

    expect(record.began).toEqual(['clone', 'build', 'push', 'publish']);
  });

  test('are reported with their ends and exit codes', async () => {
    const { record } = await runOneAttempt({ files: dockerfile });

    const ends = record.phases.filter(({ event }) => event === 'end');
    expect(ends.map(({ phase }) => phase)).toEqual(record.began);
    expect(ends.every((report) => report.event === 'end' && report.exitCode === 0)).toBe(true);
  });

  test('LNK-04 a build hook replaces the default build, and further tags are added', async () => {
    const { record, tags } = await runOneAttempt({
      files: { ...dockerfile, 'hooks/build': '#!/bin/sh\n' },
      changes: { tags: ['one', 'two'] },
    });

    expect(record.text).not.toContain('Starting build of');
    expect(tags).toEqual(['one', 'two']);
  });

  test('AUT-10 AUT-11 test files run after the build and before the push', async () => {
    const { record } = await runOneAttempt({
      files: { ...dockerfile, ...sut, 'second-test.yml': 'sut: { image: this }\n' },
    });

    expect(record.began).toEqual(['clone', 'build', 'test', 'push', 'publish']);
    expect(record.text).toMatch(
      /Starting test in docker-compose\.test\.yml[^]*Starting test in second-test\.yml/,
    );
  });

  test('AUT-14 without push nothing is pushed, and no hook of pushes runs', async () => {
    const { record, tags, verdict } = await runOneAttempt({
      files: everything,
      changes: { push: false },
    });

    expect(verdict).toEqual({ outcome: 'success' });
    expect(record.began.at(-1)).toBe('post_test');
    expect(record.published).toBe(0);
    expect(tags).toEqual([]);
  });

  test('what a post_push hook pushes is published too', async () => {
    const { record } = await runOneAttempt({
      files: { ...dockerfile, 'hooks/post_push': '#!/bin/sh\n' },
    });

    expect(record.published).toBe(2);
  });
});

describe('an attempt that fails', () => {
  test('LNK-05 by any hook stops there, names it and its exit code', async () => {
    await using server = await ProtocolServer.open();
    await using _ = await startBuilder(server, { slots: hookNames.length });
    const commit = await server.git.commit(everything);
    await server.connection();

    for (const [index, name] of hookNames.entries()) {
      const variables = { FAKE_FAIL_PHASE: name, FAKE_FAIL_EXIT_CODE: '3' };
      const assignment = server.assignment(commit, { attemptId: `${index + 1}-1`, variables });
      server.send({ type: 'assignment', assignment });
    }

    for (const [index, name] of hookNames.entries()) {
      const record = server.record(`${index + 1}-1`);
      expect(await record.finished.promise).toEqual({
        outcome: 'failed',
        reason: 'hook_failed',
        phase: name,
        message: `hooks/${name} failed with exit code 3`,
        exitCode: 3,
      });
      expect(record.began.at(-1)).toBe(name);
      expect(record.phases.at(-1)).toMatchObject({ event: 'end', phase: name, exitCode: 3 });
      expect(record.text).toContain(`${name} hook failed! (3)`);
    }
  });

  test('by its build pushes nothing and leaves nothing behind', async () => {
    const { verdict, tags, leftovers } = await runOneAttempt({
      files: { ...dockerfile, ...sut },
      changes: { variables: { FAKE_FAIL_PHASE: 'build' } },
    });

    expect(verdict).toMatchObject({ reason: 'build_failed', phase: 'build', exitCode: 1 });
    expect(tags).toEqual([]);
    expect(leftovers).toEqual([]);
  });

  test('AUT-12 AUT-13 by its tests pushes nothing and has their exit code', async () => {
    const { verdict, tags, record } = await runOneAttempt({
      files: { ...dockerfile, ...sut },
      changes: { variables: { FAKE_FAIL_PHASE: 'test', FAKE_FAIL_EXIT_CODE: '42' } },
    });

    expect(verdict).toEqual({
      outcome: 'failed',
      reason: 'test_failed',
      phase: 'test',
      message: 'sut of docker-compose.test.yml ended with exit code 42',
      exitCode: 42,
    });
    expect(record.text).toContain('the tests of sut ran');
    expect(tags).toEqual([]);
    expect(record.published).toBe(0);
  });

  test('because sut is missing says so', async () => {
    const { verdict } = await runOneAttempt({
      files: { ...dockerfile, 'app.test.yml': 'services: { web: { image: x } }\n' },
    });

    expect(verdict).toMatchObject({ reason: 'configuration', phase: 'test' });
    expect(verdict).toHaveProperty(
      'message',
      expect.stringContaining('app.test.yml has no service "sut"'),
    );
  });

  test('because a build hook made no such image points back to it', async () => {
    const { verdict } = await runOneAttempt({
      files: { ...dockerfile, 'hooks/build': '#!/bin/sh\n', 'hooks/pre_push': '#!/bin/sh\n' },
      changes: { tags: ['one'], variables: { FAKE_FORGET_IMAGE: '1' } },
    });

    expect(verdict).toMatchObject({ reason: 'push_failed', phase: 'push' });
    expect(verdict).toHaveProperty(
      'message',
      expect.stringContaining('hooks/build has to make it'),
    );
  });

  test('because memory or disk ran out says which, and where the limit is set', async () => {
    const memory = await runOneAttempt({
      files: dockerfile,
      changes: { variables: { FAKE_OUT_OF_MEMORY_PHASE: 'build' } },
    });
    const disk = await runOneAttempt({
      files: dockerfile,
      changes: { variables: { FAKE_OUT_OF_DISK_PHASE: 'build' } },
    });

    expect(memory.verdict).toMatchObject({ reason: 'out_of_memory', phase: 'build' });
    expect(memory.verdict).toHaveProperty(
      'message',
      expect.stringContaining('SLIPWAY_BUILDER_MEMORY'),
    );
    expect(disk.verdict).toMatchObject({ reason: 'out_of_disk', phase: 'build' });
    expect(disk.verdict).toHaveProperty('message', expect.stringContaining('20 GB'));
  });

  test('at its clone names the phase', async () => {
    const { verdict } = await runOneAttempt({
      files: dockerfile,
      misbehaviour: { failPhase: 'clone', failExitCode: 10 },
    });

    expect(verdict).toMatchObject({ reason: 'clone_failed', phase: 'clone', exitCode: 10 });
  });
});

describe('tags that don’t move', () => {
  test('because of a newer build are told, and the build succeeds', async () => {
    const { verdict, record } = await runOneAttempt({
      files: dockerfile,
      prepare: async (server) => {
        const tag = { tag: 'latest', digest: 'sha256:0', message: 'build 42 is newer' };
        server.publishAnswer = () => ({ tags: [{ ...tag, outcome: 'outdated' }] });
      },
    });

    expect(record.text).toContain('latest not moved: build 42 is newer');
    expect(verdict).toEqual({ outcome: 'success' });
  });

  test('because a rule forbids it fail the build', async () => {
    const { verdict } = await runOneAttempt({
      files: { ...dockerfile, 'hooks/post_push': '#!/bin/sh\n' },
      prepare: async (server) => {
        const tag = { tag: 'v1', digest: 'sha256:0', message: 'it is immutable' };
        server.publishAnswer = () => ({ tags: [{ ...tag, outcome: 'refused' }] });
      },
    });

    expect(verdict).toMatchObject({
      reason: 'publish_refused',
      phase: 'publish',
      message: 'v1 not moved: it is immutable',
    });
  });
});

describe('the log of an attempt', () => {
  test('SET-48 A28 shows no secret, neither in output nor in the verdict', async () => {
    const { record, verdict } = await runOneAttempt({
      files: dockerfile,
      changes: {
        dockerfile: 'hunter22/Dockerfile',
        variables: { PASSWORD: 'hunter22' },
      },
    });

    expect(record.text).toContain('***');
    expect(record.text).not.toContain('hunter22');
    expect(JSON.stringify(verdict)).not.toContain('hunter22');
  });

  test('names the phase and the stream of every line', async () => {
    const { record } = await runOneAttempt({ files: dockerfile });

    expect(record.lines[0]).toMatchObject({ phase: 'clone', stream: 'system' });
    expect(record.lines.at(-1)).toMatchObject({ phase: 'publish', text: 'Build finished' });
  });
});
