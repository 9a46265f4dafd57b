import { type Node, visitorKeys } from 'oxc-parser';

/** Calls `see` for a node and all nodes in it, parents first; where `see` gives `false`, not deeper. */
export function walk(node: Node, see: (node: Node) => boolean | void): void {
  if (see(node) === false) return;
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Record<string, unknown>)[key];
    for (const item of Array.isArray(child) ? child : [child]) {
      if (isNode(item)) walk(item, see);
    }
  }
}

/** All nodes of one kind, in the order of the text. */
export function nodesOf<Type extends Node['type']>(
  root: Node,
  type: Type,
): Extract<Node, { type: Type }>[] {
  const found: Extract<Node, { type: Type }>[] = [];
  walk(root, (node) => {
    if (node.type === type) found.push(node as Extract<Node, { type: Type }>);
  });
  return found;
}

/** `exec` of `exec(…)` and of `process.exec(…)`. */
export function calledName(call: Extract<Node, { type: 'CallExpression' }>): string | undefined {
  const { callee } = call;
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.computed) return undefined;
  return callee.property.type === 'Identifier' ? callee.property.name : undefined;
}

export function lineOf(text: string, node: { readonly start: number }): number {
  return text.slice(0, node.start).split('\n').length;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
