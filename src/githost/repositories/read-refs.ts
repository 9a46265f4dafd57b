import type { RefType } from '#kernel';
import { inSlices } from '#platform/schedule';
import { runGit } from './run-git.ts';

/** A branch or tag and the commit it leads to. */
export interface GitRef {
  readonly type: RefType;
  /** Without `refs/heads/` or `refs/tags/`. */
  readonly name: string;
  readonly commit: string;
}

export interface FolderRefs {
  readonly refs: readonly GitRef[];
  /** The branch that HEAD names, where that branch exists. */
  readonly headBranch: string | undefined;
}

interface RefLine {
  readonly isHead: boolean;
  readonly objectType: string;
  readonly objectId: string;
  readonly type: GitRef['type'];
  readonly name: string;
}

const format = '%(HEAD) %(objecttype) %(objectname) %(refname)';
const linePattern =
  /^(?<head>[* ]) (?<kind>\S+) (?<id>[0-9a-f]+) refs\/(?<group>heads|tags)\/(?<name>.+)$/;

/** The branches and tags of a repository's folder, tags as the commits they lead to. */
export async function readFolderRefs(folder: string): Promise<FolderRefs> {
  const run = ['for-each-ref', `--format=${format}`, 'refs/heads', 'refs/tags'];
  const lines = await parseRefLines(await runGit({ folder, arguments: run }));
  const annotated = lines.filter((line) => line.objectType === 'tag').map((line) => line.objectId);
  const peeled = await peelTags(folder, annotated);
  const refs: GitRef[] = [];
  for await (const slice of inSlices(lines)) {
    for (const { type, name, objectType, objectId } of slice) {
      const commit = objectType === 'commit' ? objectId : peeled.get(objectId);
      if (commit !== undefined) refs.push({ type, name, commit });
    }
  }
  return { refs, headBranch: lines.find((line) => line.isHead)?.name };
}

async function parseRefLines(output: string): Promise<readonly RefLine[]> {
  const lines: RefLine[] = [];
  for await (const slice of inSlices(output.split('\n'))) lines.push(...slice.flatMap(parseLine));
  return lines;
}

function parseLine(line: string): readonly RefLine[] {
  const found = linePattern.exec(line)?.groups;
  if (!found) return [];
  const { head = '', kind = '', id = '', group = '', name = '' } = found;
  const type = group === 'heads' ? 'branch' : 'tag';
  return [{ isHead: head === '*', objectType: kind, objectId: id, type, name }];
}

/** Which of these refs, by their whole names, are not there. */
export async function listAbsentRefs(
  folder: string,
  refs: readonly string[],
): Promise<readonly string[]> {
  if (refs.length === 0) return [];
  const input = refs.map((ref) => `${ref}\n`).join('');
  const run = ['cat-file', '--batch-check', '--buffer'];
  const answers = (await runGit({ folder, arguments: run, input })).split('\n');
  return refs.filter((ref, index) => answers[index] === `${ref} missing`);
}

/** For each tag object the commit at the end of its chain; none for tags of trees and files. */
async function peelTags(
  folder: string,
  tagObjects: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (tagObjects.length === 0) return new Map();
  const input = tagObjects.map((id) => `${id}^{commit}\n`).join('');
  const run = ['cat-file', '--batch-check=%(objectname)', '--buffer'];
  const answers = (await runGit({ folder, arguments: run, input })).split('\n');
  // One line an object in the order asked; "missing" or "ambiguous" follows what leads to no commit.
  return new Map(
    tagObjects.flatMap((id, index): [string, string][] => {
      const answer = answers[index] ?? '';
      return /^[0-9a-f]+$/.test(answer) ? [[id, answer]] : [];
    }),
  );
}
