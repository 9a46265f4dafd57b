import type { FinishedPart, Remark } from './part-report.ts';

/** What stands at the end of a run: failures with their messages, skips with reasons, a table. */
export function renderSummary(parts: readonly FinishedPart[]): string {
  return [
    ...parts.flatMap(({ name, failures }) => failures.map((one) => renderFailure(name, one))),
    ...parts.flatMap(({ name, skips }) => skips.map((one) => renderSkip(name, one))),
    '',
    renderTable(parts),
    '',
    renderTotals(parts),
  ].join('\n');
}

export function hasFailures(parts: readonly FinishedPart[]): boolean {
  return parts.some(({ failures }) => failures.length > 0);
}

function renderFailure(part: string, { title, text }: Remark): string {
  return `FAILED [${part}] ${title}\n${text.replaceAll(/^/gm, '    ')}\n`;
}

function renderSkip(part: string, { title, text }: Remark): string {
  return `skipped [${part}] ${title}: ${text}`;
}

function renderTable(parts: readonly FinishedPart[]): string {
  const rows = parts.map(({ name, passed, failures, skips, milliseconds }) => [
    name,
    String(passed),
    String(failures.length),
    String(skips.length),
    `${(milliseconds / 1000).toFixed(0)} s`,
  ]);
  return [['part', 'passed', 'failed', 'skipped', 'time'], ...rows].map(renderRow).join('\n');
}

function renderRow([name = '', ...cells]: readonly string[]): string {
  return name.padEnd(16) + cells.map((cell) => cell.padStart(9)).join('');
}

function renderTotals(parts: readonly FinishedPart[]): string {
  const sum = (count: (part: FinishedPart) => number) =>
    parts.reduce((total, part) => total + count(part), 0);
  const passed = sum((part) => part.passed);
  const failed = sum((part) => part.failures.length);
  return `${passed} passed, ${failed} failed, ${sum((part) => part.skips.length)} skipped`;
}
