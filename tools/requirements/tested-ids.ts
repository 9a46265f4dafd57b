import { type Expression, parseSync, Visitor } from 'oxc-parser';

const testFunctions = ['test', 'it', 'describe'];
const leadingIds = /^(?:(?:[A-Z]{3}-\d+|A\d+)\b(?:, | and | )?)+/;

/** The requirements that titles of tests in the file begin with. */
export function testedIds(path: string, text: string): ReadonlySet<string> {
  const ids = new Set<string>();
  const visitor = new Visitor({
    CallExpression({ callee, arguments: [first] }) {
      if (first === undefined || !isTestFunction(callee)) return;
      for (const id of idsOf(text.slice(first.start + 1, first.end - 1))) ids.add(id);
    },
  });
  visitor.visit(parseSync(path, text, { lang: 'ts' }).program);
  return ids;
}

function idsOf(title: string): readonly string[] {
  return leadingIds.exec(title)?.[0].match(/[A-Z]{3}-\d+|A\d+/g) ?? [];
}

/** `test`, and what is made of it: `test.each(cases)`, `test.skipIf(…)`. */
function isTestFunction(callee: Expression): boolean {
  if (callee.type === 'Identifier') return testFunctions.includes(callee.name);
  if (callee.type === 'MemberExpression') return isTestFunction(callee.object);
  if (callee.type === 'CallExpression') return isTestFunction(callee.callee);
  return callee.type === 'TaggedTemplateExpression' && isTestFunction(callee.tag);
}
