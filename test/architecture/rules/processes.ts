import type { Rule } from '../rule.ts';
import type { SourceFile } from '../source-file.ts';
import { calledName, lineOf, nodesOf } from '../syntax.ts';

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

const starters = ['spawn', 'execFile', 'fork', 'spawnSync', 'execFileSync'];

/** Counted for each file, since options may stand in a variable of their own. */
export const programsAreGivenTheirEnvironment: Rule = {
  name: 'who starts a program says what it gets of the environment, which holds secrets',
  check({ room, isForTests, program, imports }) {
    if (room === undefined || isForTests || !imports.includes('node:child_process')) return [];
    const calls = nodesOf(program, 'CallExpression').filter((call) =>
      starters.includes(calledName(call) ?? ''),
    );
    const given = nodesOf(program, 'Property').filter(
      ({ key }) => key.type === 'Identifier' && key.name === 'env',
    );
    const promised = nodesOf(program, 'CallExpression').filter(
      (call) => calledName(call) === 'promisify',
    );
    if (promised.length === 0 && given.length >= calls.length) return [];
    return [`it starts ${calls.length || 'some'} programs: each needs the option env`];
  },
};
