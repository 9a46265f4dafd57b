import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { projectFolder } from '../project-folder.ts';
import type { PartReport, Remark } from './part-report.ts';

/** The environment's word for the file that the report goes to. */
export const reportVariable = 'SLIPWAY_TEST_REPORT';

/**
 * Vitest's reporter in a test run: a line for each finished file, and a report for the summary.
 * Vitest takes a reporter from a file only as its default export.
 */
export default class ProgressReporter implements Reporter {
  onTestModuleEnd(module: TestModule): void {
    const tests = [...module.children.allTests()];
    const failed = tests.filter((test) => test.result().state === 'failed').length;
    const isFine = failed === 0 && module.errors().length === 0;
    const count = failed === 0 ? `${tests.length}` : `${failed} of ${tests.length} failed`;
    const seconds = (module.diagnostic().duration / 1000).toFixed(1);
    console.log(`${isFine ? '✓' : '✗'} ${pathOf(module)} (${count}) ${seconds} s`);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const path = process.env[reportVariable];
    if (path !== undefined) writeFileSync(path, JSON.stringify(report(modules, unhandled)));
  }
}

function report(modules: readonly TestModule[], unhandled: readonly SerializedError[]): PartReport {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const inState = (state: string) => tests.filter((test) => test.result().state === state);
  const outside = unhandled.map((error) => ({ title: 'outside of any test', text: textOf(error) }));
  return {
    passed: inState('passed').length,
    failures: [...inState('failed').map(failureOf), ...modules.flatMap(brokenParts), ...outside],
    skips: [...inState('skipped'), ...inState('pending')].map(skipOf),
  };
}

/** Files that could not be loaded and suites whose hooks failed: no test of theirs need have failed. */
function brokenParts(module: TestModule): Remark[] {
  const broken = [module, ...module.children.allSuites()];
  return broken.flatMap((part) => {
    const errors = part.errors();
    if (errors.length === 0) return [];
    const name = part.type === 'module' ? '' : ` > ${part.fullName}`;
    return [{ title: `${pathOf(module)}${name}`, text: errors.map(textOf).join('\n') }];
  });
}

function failureOf(test: TestCase): Remark {
  const errors = test.result().errors ?? [];
  return { title: titleOf(test), text: errors.map(textOf).join('\n') };
}

function skipOf(test: TestCase): Remark {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  const isMeantToRun = test.options.mode === 'run';
  const fallback = isMeantToRun ? 'what it stands on failed' : 'marked to be left out';
  return { title: titleOf(test), text: note ?? fallback };
}

function titleOf(test: TestCase): string {
  return `${pathOf(test.module)} > ${test.fullName}`;
}

function pathOf(module: TestModule): string {
  return relative(projectFolder, module.moduleId);
}

function textOf(error: SerializedError): string {
  const { message, stacks = [], diff } = error as SerializedError & { stacks?: StackLine[] };
  const places = stacks.map(({ file, line }) => `    at ${relative(projectFolder, file)}:${line}`);
  const text = [message, diff, ...places.slice(0, 4)].filter(Boolean).join('\n');
  return stripVTControlCharacters(text);
}

interface StackLine {
  readonly file: string;
  readonly line: number;
}
