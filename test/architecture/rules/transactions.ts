import type { Node } from 'oxc-parser';
import type { Rule } from '../rule.ts';
import { lineOf, nodesOf, walk } from '../syntax.ts';

type FunctionNode = Extract<
  Node,
  { type: 'ArrowFunctionExpression' | 'FunctionDeclaration' | 'FunctionExpression' }
>;

/**
 * A transaction that awaits anything but its own queries holds the one writer of SQLite, or locks,
 * for as long as that takes. What is awaited must come from the transaction's handle: name it, or a
 * value that was made with it.
 */
export const transactionsAwaitTheirQueries: Rule = {
  name: 'a transaction awaits only its own queries',
  check({ room, program, text }) {
    if (room === undefined || room === 'platform/db') return [];
    return functionsOf(program).flatMap((each) => {
      const handle = handleOf(each, program, text);
      if (handle === undefined) return [];
      return foreignAwaits(each, handle).map(
        (node) => `line ${lineOf(text, node)}: this await has nothing of ${handle} in it`,
      );
    });
  },
};

function functionsOf(program: Node): FunctionNode[] {
  return [
    ...nodesOf(program, 'ArrowFunctionExpression'),
    ...nodesOf(program, 'FunctionDeclaration'),
    ...nodesOf(program, 'FunctionExpression'),
  ];
}

/** The name of the parameter that is a transaction: by its type, or since `transact` hands it out. */
function handleOf(each: FunctionNode, program: Node, text: string): string | undefined {
  const typed = each.params.find((parameter) =>
    /^WriteTransaction\b/.test(typeOf(parameter, text)),
  );
  const parameter = typed ?? (isGivenToTransact(each, program) ? each.params[0] : undefined);
  return parameter?.type === 'Identifier' ? parameter.name : undefined;
}

function typeOf(parameter: FunctionNode['params'][number], text: string): string {
  const annotation = parameter.type === 'Identifier' ? parameter.typeAnnotation : undefined;
  return annotation ? text.slice(annotation.start, annotation.end).replace(/^[:\s]+/, '') : '';
}

function isGivenToTransact(each: FunctionNode, program: Node): boolean {
  return nodesOf(program, 'CallExpression').some(({ callee, arguments: given }) => {
    const isTransact =
      callee.type === 'MemberExpression' &&
      callee.property.type === 'Identifier' &&
      callee.property.name === 'transact';
    return isTransact && given.some((argument) => argument.start === each.start);
  });
}

function foreignAwaits(each: FunctionNode, handle: string): Node[] {
  const own = new Set([handle]);
  const foreign: Node[] = [];
  if (!each.body) return foreign;
  walk(each.body, (node) => {
    if (node.type === 'VariableDeclarator' && node.init && mentions(node.init, own)) {
      namesIn(node.id).forEach((name) => own.add(name));
    }
    if (node.type === 'ForOfStatement' && mentions(node.right, own)) {
      namesIn(node.left).forEach((name) => own.add(name));
    }
    if (node.type === 'AwaitExpression' && !mentions(node.argument, own)) foreign.push(node);
  });
  return foreign;
}

function mentions(node: Node, names: ReadonlySet<string>): boolean {
  return namesIn(node).some((name) => names.has(name));
}

function namesIn(node: Node): readonly string[] {
  return nodesOf(node, 'Identifier').map((identifier) => identifier.name);
}
