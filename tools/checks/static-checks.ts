import type { Check } from './check.ts';

/** What `npm run check` and `./slipway test` both check. Programs come from `node_modules/.bin`. */
export const staticChecks: readonly Check[] = [
  { name: 'types', program: 'tsc', words: ['--project', '.'] },
  { name: 'types in a browser', program: 'tsc', words: ['--project', 'tsconfig.browser.json'] },
  { name: 'lint', program: 'oxlint', words: ['--type-aware', '--format=unix'] },
  { name: 'format', program: 'biome', words: ['check', '--reporter=summary', '.'] },
  { name: 'unused code', program: 'knip', words: ['--no-progress'] },
];
