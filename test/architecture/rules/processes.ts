import type { Rule } from '../rule.ts';
import type { SourceFile } from '../source-file.ts';
import { lineOf, nodesOf } from '../syntax.ts';

const shellFunctions = ['exec', 'execSync'];

export const nothingReachesAShell: Rule = {
  name: 'programs are started with argument vectors, never by a shell',
  check: (file) => [...importsOfShells(file), ...shellOptions(file)],
};

function importsOfShells({ program, text }: SourceFile): readonly string[] {
  return nodesOf(program, 'ImportDeclaration')
    .filter(({ source }) => /^(node:)?child_process$/.test(source.value))
    .flatMap((declaration) => nodesOf(declaration, 'ImportSpecifier'))
    .filter(
      ({ imported }) => imported.type === 'Identifier' && shellFunctions.includes(imported.name),
    )
    .map((node) => `line ${lineOf(text, node)}: use execFile or spawn, which take arguments`);
}

function shellOptions({ program, text }: SourceFile): readonly string[] {
  return nodesOf(program, 'Property')
    .filter(({ key, value }) => {
      const isShell = key.type === 'Identifier' && key.name === 'shell';
      return isShell && !(value.type === 'Literal' && value.value === false);
    })
    .map((node) => `line ${lineOf(text, node)}: leave out the option shell`);
}
