import { test } from 'vitest';
import { playing } from './scenario.ts';
import { push, pushBoth, pushTag, untilEnd } from './steps.ts';

const mainRule = { source: 'main', dockerTags: 'latest' };
const versionRule = {
  sourceType: 'tag',
  source: '/^v([0-9.]+)$/',
  dockerTags: String.raw`{\1}`,
} as const;

test.concurrent(
  'SET-02, SET-13, SET-39, SET-71 a branch and a tag, pushed at once, become two images of two builds',
  playing({
    configuration: { rules: [mainRule, versionRule] },
    steps: [pushBoth('main', 'v1.2.0'), untilEnd(1), untilEnd(2)],
    expected: {
      builds: [
        { state: 'success', tags: ['latest'], phases: ['clone', 'build', 'push', 'publish'] },
        { state: 'success', tags: ['1.2.0'], attempts: ['success'] },
      ],
      verdicts: ['rule 1: main matched, build 1', 'rule 2: /^v([0-9.]+)$/ matched, build 2'],
      tags: { '1.2.0': 2, latest: 1 },
    },
  }),
);

test.concurrent(
  'SET-38 one build gives its image every tag of the rule',
  playing({
    configuration: { rules: [{ source: 'main', dockerTags: 'latest,{sourceref}-nightly' }] },
    steps: [push('main'), untilEnd(1)],
    expected: {
      builds: [{ state: 'success', published: ['latest moved', 'main-nightly moved'] }],
      tags: { latest: 1, 'main-nightly': 1 },
    },
  }),
);

test.concurrent(
  'SET-31, SET-32 a push that no rule matches builds nothing, and its verdict says so',
  playing({
    configuration: { rules: [mainRule] },
    steps: [push('dev')],
    expected: { builds: [], verdicts: ['branch dev matches no rule'], tags: {} },
  }),
);

test.concurrent(
  'SET-35 a branch rule does not build a tag of that name',
  playing({
    configuration: { rules: [{ source: 'stable', dockerTags: 'stable' }] },
    steps: [push('main'), pushTag('stable')],
    expected: {
      builds: [],
      verdicts: ['branch main matches no rule', 'tag stable matches no rule'],
    },
  }),
);

test.concurrent(
  'SET-19, SET-22 a rule with autobuild and autotest off builds nothing, and its verdict says so',
  playing({
    configuration: { rules: [{ ...mainRule, autobuild: false }] },
    steps: [push('main')],
    expected: {
      builds: [],
      verdicts: ['rule 1: main matched, but autobuild and autotest are off'],
      tags: {},
    },
  }),
);

test.concurrent(
  'SET-21, AUT-14 with autobuild off and autotest on a push is built and tested, and pushes nothing',
  playing({
    configuration: { autotest: 'internal', rules: [{ ...mainRule, autobuild: false }] },
    steps: [
      push('main', {
        'docker-compose.test.yml': 'services:\n  sut:\n    image: debian:bookworm\n',
      }),
      untilEnd(1),
    ],
    expected: {
      builds: [{ state: 'success', phases: ['clone', 'build', 'test'], published: [] }],
      verdicts: ['rule 1: main matched, build 1 tests and pushes nothing'],
      tags: {},
    },
  }),
);
