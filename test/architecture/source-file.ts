import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Program, parseSync } from 'oxc-parser';
import { type RoomName, roomNames } from './rooms.ts';

/** A parsed file of the project. */
export interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  /** What it imports and re-exports, as written, types included. */
  readonly imports: readonly string[];
  /** The room it stands in; none outside `src/`. */
  readonly room: RoomName | undefined;
  /** Tests and what only they use: held to fewer rules. */
  readonly isForTests: boolean;
}

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

export function readSourceFiles(): readonly SourceFile[] {
  return globSync(['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'tools/**/*.ts'], {
    cwd: projectFolder,
    exclude: ['**/node_modules/**'],
  })
    .toSorted()
    .map((path) => parseSourceFile(path, readFileSync(`${projectFolder}/${path}`, 'utf8')));
}

export function parseSourceFile(path: string, text: string): SourceFile {
  const { program, module, errors } = parseSync(path, text, { lang: 'ts' });
  const [error] = errors;
  if (error) throw new Error(`${path} can't be parsed: ${error.message}`);
  const imported = module.staticImports.map((found) => found.moduleRequest.value);
  const reexported = module.staticExports.flatMap((found) =>
    found.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
  );
  const later = module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
    text.slice(start + 1, end - 1),
  );
  return {
    path,
    text,
    program,
    imports: [...new Set([...imported, ...reexported, ...later])],
    room: roomOf(path),
    isForTests: /\.test\.ts$|-contract\.ts$|\/testing\/|^(test|bench|tools)\//.test(path),
  };
}

export function roomOf(path: string): RoomName | undefined {
  return roomNames.find((name) => path.startsWith(`src/${name}/`));
}
