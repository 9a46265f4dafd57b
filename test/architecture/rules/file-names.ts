import { posix } from 'node:path';
import type { Rule } from '../rule.ts';

const wordsThatSayNothing = ['utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc'];
const rolesThatSayNothing = ['manager', 'service'];

export const fileNamesSaySomething: Rule = {
  name: 'files are named after what they hold, in kebab-case',
  check({ path }) {
    const stem = posix.basename(path).replace(/(\.real)?(\.test)?\.ts$/, '');
    const words = stem.split('-');
    const last = words.at(-1) ?? '';
    const isEmpty =
      stem === 'base' || wordsThatSayNothing.includes(last) || rolesThatSayNothing.includes(last);
    if (isEmpty) return [`${stem} says nothing: name the file after its main export`];
    return words.every((word) => /^[a-z0-9]+$/.test(word)) ? [] : [`${stem} is not kebab-case`];
  },
};
