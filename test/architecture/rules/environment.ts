import type { Rule } from '../rule.ts';
import { lineOf, nodesOf } from '../syntax.ts';

export const environmentIsConfiguration: Rule = {
  name: 'only platform/config reads the environment',
  check({ room, isForTests, program, text }) {
    if (room === undefined || room === 'platform/config' || isForTests) return [];
    return nodesOf(program, 'MemberExpression')
      .filter(({ object, property }) => {
        const isProcess = object.type === 'Identifier' && object.name === 'process';
        return isProcess && property.type === 'Identifier' && property.name === 'env';
      })
      .map((node) => `line ${lineOf(text, node)}: take a setting or an argument, not process.env`);
  },
};
