import { stripVTControlCharacters } from 'node:util';

/** Rows under headings, columns padded to the widest cell. Cells may be coloured. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => visibleLength(line[column] ?? ''))),
  );
  return lines.map((line) => formatRow(line, widths)).join('\n');
}

function formatRow(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => {
    const isLast = column === cells.length - 1;
    return isLast ? cell : cell + ' '.repeat((widths[column] ?? 0) - visibleLength(cell));
  });
  return padded.join('   ').trimEnd();
}

function visibleLength(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
