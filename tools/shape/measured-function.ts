import type { Node } from 'oxc-parser';
import type { SourceFile } from '../../test/architecture/source-file.ts';
import { lineOf, walk } from '../../test/architecture/syntax.ts';

/** A function with a name, and how many lines it takes from its first to its last. */
export interface MeasuredFunction {
  readonly name: string;
  readonly path: string;
  readonly lines: number;
}

/** Declared functions, methods, and arrows that a constant names; what stands in them is measured too. */
export function measureFunctions(file: SourceFile): readonly MeasuredFunction[] {
  const found: MeasuredFunction[] = [];
  walk(file.program, (node) => {
    const named = namedFunction(node);
    if (named === undefined) return;
    const { name, body } = named;
    const lines = lineOf(file.text, { start: body.end }) - lineOf(file.text, body) + 1;
    found.push({ name, path: file.path, lines });
  });
  return found;
}

function namedFunction(node: Node): { readonly name: string; readonly body: Node } | undefined {
  if (node.type === 'FunctionDeclaration' && node.id) return { name: node.id.name, body: node };
  if (node.type === 'MethodDefinition') return { name: keyName(node.key), body: node };
  if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return undefined;
  const isFunction =
    node.init?.type === 'ArrowFunctionExpression' || node.init?.type === 'FunctionExpression';
  return isFunction ? { name: node.id.name, body: node } : undefined;
}

function keyName(key: Node): string {
  return key.type === 'Identifier' || key.type === 'PrivateIdentifier' ? key.name : '[computed]';
}
