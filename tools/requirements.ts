/** `npm run requirements`: which rows of the requirements have tests that name them, and which none. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './project-folder.ts';
import {
  type CoveredRequirement,
  coverRequirements,
  kindOf,
  type TestFile,
  unknownIds,
} from './requirements/coverage.ts';
import { parseRequirements } from './requirements/requirement.ts';
import { testedIds } from './requirements/tested-ids.ts';

const requirements = find('docs/requirements/*.tsv').flatMap((path) =>
  parseRequirements(read(path), path),
);
const files = find('{src,test}/**/*{.test,-contract}.ts').map(
  (path): TestFile => ({ path, ids: testedIds(path, read(path)) }),
);
const unknown = unknownIds(requirements, files);

const byKind = Map.groupBy(coverRequirements(requirements, files), ({ requirement }) =>
  kindOf(requirement.id),
);
for (const [kind, rows] of byKind) print(kind, rows);
for (const line of unknown) console.log(`${line}, which is in no list of docs/requirements/`);
process.exitCode = unknown.length === 0 ? 0 : 1;

function print(kind: string, rows: readonly CoveredRequirement[]): void {
  const tested = rows.filter(({ paths }) => paths.length > 0);
  for (const { requirement, paths } of rows) {
    const mark = paths.length > 0 ? '✓' : '·';
    const where = paths.length > 0 ? `  (${paths.join(', ')})` : '';
    console.log(`${mark} ${requirement.id} ${requirement.sentence}${where}`);
  }
  console.log(`${kind}: tests name ${tested.length} of ${rows.length} rows\n`);
}

function find(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: projectFolder }).toSorted();
}

function read(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8');
}
