import type { SourceFile } from './source-file.ts';

/** Something that a machine refuses. */
export interface Rule {
  /** As a sentence: `rooms import only whom the table lets them import`. */
  readonly name: string;
  /** What is wrong in the file, each with its remedy; empty where all is well. */
  check(file: SourceFile): readonly string[];
}
