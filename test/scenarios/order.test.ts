import { test } from 'vitest';
import { playing } from './scenario.ts';
import {
  bringBuilderBack,
  changeConfiguration,
  loseBuilder,
  makeTagsImmutable,
  push,
  retry,
  untilEnd,
  untilPhase,
  untilState,
} from './steps.ts';

const rules = [{ source: 'main', dockerTags: 'latest' }];
const hanging = { rules, variables: [{ name: 'FAKE_HANG_PHASE', value: 'build' }] };

test.concurrent(
  'AUT-07 an older build that is ready after a newer one does not take the tag from it, and says so',
  playing({
    configuration: hanging,
    steps: [
      push('main'),
      untilPhase(1, 'build'),
      changeConfiguration({ rules }),
      push('main'),
      untilEnd(2),
      loseBuilder,
      untilState(1, 'pending'),
      bringBuilderBack,
      untilEnd(1),
    ],
    expected: {
      builds: [
        {
          state: 'success',
          attempts: ['lost', 'success'],
          published: ['latest outdated'],
          log: ['latest not moved: build 2 is newer'],
        },
        { state: 'success', published: ['latest moved'] },
      ],
      tags: { latest: 2 },
    },
  }),
);

test.concurrent(
  'TRB-07 retrying an old build makes a new attempt, which does not take the tag back',
  playing({
    configuration: { rules },
    steps: [
      push('main'),
      untilEnd(1),
      push('main'),
      untilEnd(2),
      retry(1),
      untilPhase(1, 'publish', 2),
      untilEnd(1),
    ],
    expected: {
      builds: [
        {
          state: 'success',
          attempts: ['success', 'success'],
          published: ['latest outdated'],
          log: ['latest not moved: build 2 is newer'],
        },
        { state: 'success' },
      ],
      tags: { latest: 2 },
    },
  }),
);

test.concurrent(
  'TRB-07 a failed build that is retried publishes when it succeeds',
  playing({
    configuration: { rules, variables: [{ name: 'FAKE_FAIL_PHASE', value: 'build' }] },
    steps: [
      push('main'),
      untilEnd(1),
      changeConfiguration({ rules }),
      retry(1),
      untilState(1, 'success'),
    ],
    expected: {
      builds: [{ state: 'success', attempts: ['failed', 'success'] }],
      tags: { latest: 1 },
    },
  }),
);

test.concurrent(
  'a build that would move an immutable tag fails by that name, and the tag stays',
  playing({
    configuration: { rules },
    steps: [push('main'), untilEnd(1), makeTagsImmutable('^latest$'), push('main'), untilEnd(2)],
    expected: {
      builds: [
        { state: 'success' },
        {
          state: 'failed',
          reason: 'publish_refused',
          message: /latest/,
          published: ['latest refused'],
        },
      ],
      tags: { latest: 1 },
    },
  }),
);
