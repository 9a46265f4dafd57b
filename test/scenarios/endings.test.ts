import { test } from 'vitest';
import { playing } from './scenario.ts';
import {
  bringBuilderBack,
  cancel,
  changeConfiguration,
  loseBuilder,
  push,
  restartServer,
  untilEnd,
  untilPhase,
  untilState,
} from './steps.ts';

const rules = [{ source: 'main', dockerTags: 'latest' }];
const hanging = (phase: string) => ({
  rules,
  variables: [{ name: 'FAKE_HANG_PHASE', value: phase }],
});
const failing = (phase: string, code: string) => ({
  rules,
  variables: [
    { name: 'FAKE_FAIL_PHASE', value: phase },
    { name: 'FAKE_FAIL_EXIT_CODE', value: code },
  ],
});
const testFile = {
  'docker-compose.test.yml': 'services:\n  sut:\n    image: debian:bookworm\n',
};
const hook = '#!/bin/sh\ntrue\n';
const stopLine =
  /^(?:\S+ )*\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ The build was cancelled or exceeded the maximum execution time\.$/;

test.concurrent(
  'LNK-05 a failing hook fails the build, which names the hook and its exit code',
  playing({
    configuration: failing('pre_build', '7'),
    steps: [push('main', { 'hooks/pre_build': hook }), untilEnd(1)],
    expected: {
      builds: [
        {
          state: 'failed',
          reason: 'hook_failed',
          message: /hooks\/pre_build.*7/,
          phases: ['clone', 'pre_build 7'],
          published: [],
        },
      ],
      tags: {},
    },
  }),
);

test.concurrent(
  'SET-03, AUT-11, AUT-12, AUT-13 failing tests fail the build, and the tag stays at the image it had',
  playing({
    configuration: { rules },
    steps: [
      push('main', testFile),
      untilEnd(1),
      changeConfiguration(failing('test', '3')),
      push('main'),
      untilEnd(2),
    ],
    expected: {
      builds: [
        { state: 'success', phases: ['clone', 'build', 'test', 'push', 'publish'] },
        {
          state: 'failed',
          reason: 'test_failed',
          phases: ['clone', 'build', 'test 3'],
          published: [],
        },
      ],
      tags: { latest: 1 },
    },
  }),
);

test.concurrent(
  'TRB-13, TRB-14 a canceled build ends with the line that scripts look for and one that names the person, and gives its place free',
  playing({
    settings: { concurrentBuilds: '1' },
    configuration: hanging('build'),
    steps: [
      push('main'),
      untilPhase(1, 'build'),
      changeConfiguration({ rules }),
      push('main'),
      cancel(1),
      untilEnd(2),
      untilEnd(1),
    ],
    expected: {
      builds: [
        {
          state: 'canceled',
          reason: 'canceled_by',
          message: 'The build was canceled by ada.',
          log: [stopLine, 'The build was canceled by ada.'],
        },
        { state: 'success' },
      ],
      tags: { latest: 2 },
    },
  }),
);

test.concurrent(
  'TRB-12, TRB-13 a build that reaches its limit is canceled by itself, and its log says why',
  playing({
    settings: { buildMinutes: '0.02' },
    configuration: hanging('build'),
    steps: [push('main'), untilEnd(1)],
    expected: {
      builds: [
        {
          state: 'canceled',
          reason: 'time_limit',
          published: [],
          log: [stopLine, 'The build ran longer than the limit of 1 s.'],
        },
      ],
      tags: {},
    },
  }),
);

test.concurrent(
  'a build whose builder is lost before it pushed is tried again by itself',
  playing({
    configuration: hanging('build'),
    steps: [
      push('main'),
      untilPhase(1, 'build'),
      loseBuilder,
      untilState(1, 'pending'),
      changeConfiguration({ rules }),
      bringBuilderBack,
      untilEnd(1),
    ],
    expected: {
      builds: [{ state: 'success', attempts: ['lost', 'success'] }],
      tags: { latest: 1 },
    },
  }),
);

test.concurrent(
  'a build whose builder is lost in its push hook has failed, and nothing of it is published',
  playing({
    configuration: hanging('push'),
    steps: [push('main', { 'hooks/push': hook }), untilPhase(1, 'push'), loseBuilder, untilEnd(1)],
    expected: {
      builds: [{ state: 'failed', reason: 'lost', attempts: ['lost'], published: [] }],
      tags: {},
    },
  }),
);

test.concurrent(
  'a server that starts again finds its builds as they were: one goes on, one waits, nothing is half-published',
  playing({
    settings: { concurrentBuilds: '1' },
    configuration: hanging('push'),
    steps: [
      push('main'),
      untilPhase(1, 'push'),
      changeConfiguration({ rules }),
      push('main'),
      restartServer,
      untilState(1, 'in_progress'),
      untilState(2, 'pending'),
      cancel(1),
      untilEnd(2),
      untilEnd(1),
    ],
    expected: {
      builds: [
        { state: 'canceled', attempts: ['canceled'], published: [] },
        { state: 'success', attempts: ['success'] },
      ],
      tags: { latest: 2 },
    },
  }),
);
