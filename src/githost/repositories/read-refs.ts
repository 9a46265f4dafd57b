import type { RefType } from '#kernel';
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
  const lines = parseRefLines(await runGit({ folder, arguments: run }));
  const annotated = lines.filter((line) => line.objectType === 'tag').map((line) => line.objectId);
  const peeled = await peelTags(folder, annotated);
  const refs = lines.flatMap(({ type, name, objectType, objectId }) => {
    const commit = objectType === 'commit' ? objectId : peeled.get(objectId);
    return commit === undefined ? [] : [{ type, name, commit }];
  });
  return { refs, headBranch: lines.find((line) => line.isHead)?.name };
}

function parseRefLines(output: string): readonly RefLine[] {
  return output.split('\n').flatMap((line) => {
    const found = linePattern.exec(line)?.groups;
    if (!found) return [];
    const { head = '', kind = '', id = '', group = '', name = '' } = found;
    const type = group === 'heads' ? 'branch' : 'tag';
    return [{ isHead: head === '*', objectType: kind, objectId: id, type, name }];
  });
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
