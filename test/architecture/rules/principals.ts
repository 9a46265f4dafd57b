import type { Rule } from '../rule.ts';
import { lineOf, nodesOf } from '../syntax.ts';

/** Asking for the kind of a principal is a rule of permission that the table of `access` does not know. */
export const onlyAccessKnowsTheKindsOfPrincipals: Rule = {
  name: 'which kind a principal is, only access asks',
  check({ room, program, text, isForTests }) {
    if (room === undefined || room === 'access' || isForTests) return [];
    return nodesOf(program, 'MemberExpression')
      .filter((member) => /\bprincipal\.kind$/i.test(text.slice(member.start, member.end)))
      .map((member) => `line ${lineOf(text, member)}: ask a predicate or a decision of #access`);
  },
};
