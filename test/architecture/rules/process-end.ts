import type { Rule } from '../rule.ts';
import { calledName, lineOf, nodesOf } from '../syntax.ts';

export const onlyTheCommandLineEndsTheProcess: Rule = {
  name: 'only the command line ends the process',
  check({ room, program, text }) {
    if (room === undefined || room === 'cli') return [];
    return nodesOf(program, 'CallExpression')
      .filter((call) => {
        const { callee } = call;
        const isOfProcess =
          callee.type === 'MemberExpression' &&
          callee.object.type === 'Identifier' &&
          callee.object.name === 'process';
        return isOfProcess && ['exit', 'abort', 'reallyExit'].includes(calledName(call) ?? '');
      })
      .map((call) => `line ${lineOf(text, call)}: throw, or return, so that others can clean up`);
  },
};
