import { test } from 'vitest';
import { playing } from './scenario.ts';
import {
  bringBuilderBack,
  cancel,
  changeConfiguration,
  loseBuilder,
  push,
  untilEnd,
  untilPhase,
  untilWaiting,
} from './steps.ts';

const rules = [{ source: '/.*/', dockerTags: '{sourceref}' }];
const hanging = { rules, variables: [{ name: 'FAKE_HANG_PHASE', value: 'build' }] };

test.concurrent(
  'AUT-16, AUT-17, AUT-18 as many builds of a namespace run as are allowed, the next waits and starts by itself',
  playing({
    settings: { concurrentBuilds: '2' },
    configuration: hanging,
    steps: [
      push('one'),
      push('two'),
      untilPhase(1, 'build'),
      untilPhase(2, 'build'),
      changeConfiguration({ rules }),
      push('three'),
      untilWaiting(3),
      cancel(1),
      untilEnd(3),
      cancel(2),
      untilEnd(1),
      untilEnd(2),
    ],
    expected: {
      builds: [{ state: 'canceled' }, { state: 'canceled' }, { state: 'success' }],
      tags: { three: 3 },
    },
  }),
);

test.concurrent(
  'AUT-23 a full queue discards a push for all to see, and builds its ref when there is room again',
  playing({
    settings: { pendingBuilds: '1' },
    configuration: { rules },
    steps: [
      loseBuilder,
      push('one'),
      untilWaiting(1),
      push('two'),
      bringBuilderBack,
      untilEnd(1),
      untilEnd(2),
    ],
    expected: {
      builds: [{ state: 'success' }, { state: 'success' }],
      verdicts: [
        'rule 1: /.*/ matched, build 1',
        'queue full: 1 builds of the namespace are waiting',
        'rule 1: /.*/ matched, build 2',
      ],
      tags: { one: 1, two: 2 },
    },
  }),
);
