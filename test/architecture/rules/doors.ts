import type { Rule } from '../rule.ts';
import type { SourceFile } from '../source-file.ts';

/** With one name a line, as the formatter writes long lists. */
const mostLines = 60;

export const doorsAreThin: Rule = {
  name: 'a door says what its room is for and then only re-exports',
  check(file) {
    if (!isDoor(file)) return [];
    const problems: string[] = [];
    const lines = file.text.trimEnd().split('\n').length;
    if (lines > mostLines) problems.push(`${lines} lines are too many for a door`);
    if (!file.text.startsWith('/**')) problems.push('begin with a comment: what the room is for');
    const isThin = file.program.body.every(
      (statement) =>
        statement.type === 'ExportAllDeclaration' ||
        (statement.type === 'ExportNamedDeclaration' && statement.source !== null),
    );
    if (!isThin) problems.push('a door holds `export … from` only: move the code into a file');
    return problems;
  },
};

function isDoor({ path, room }: SourceFile): boolean {
  return path === `src/${room}/index.ts` || /^src\/.*\/testing\/index\.ts$/.test(path);
}
