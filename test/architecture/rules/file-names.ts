import { posix } from 'node:path';
import type { Rule } from '../rule.ts';

const namesThatSayNothing = ['base', 'constants', 'impl', 'misc'];
const endingsThatSayNothing = [
  'common',
  'helper',
  'helpers',
  'impl',
  'manager',
  'service',
  'types',
  'util',
  'utils',
];

export const fileNamesSaySomething: Rule = {
  name: 'files are named after what they hold, in kebab-case',
  check({ path }) {
    const stem = posix.basename(path).replace(/(\.real)?(\.test)?\.ts$/, '');
    const words = stem.split('-');
    const isEmpty =
      namesThatSayNothing.includes(stem) || endingsThatSayNothing.includes(words.at(-1) ?? '');
    if (isEmpty) return [`${stem} says nothing: name the file after its main export`];
    return words.every((word) => /^[a-z0-9]+$/.test(word)) ? [] : [`${stem} is not kebab-case`];
  },
};
