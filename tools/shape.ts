/** `npm run shape`: how long functions and files are, and who comes into whose room. */
import { roomArrows } from '../test/architecture/room-arrows.ts';
import { readSourceFiles } from '../test/architecture/source-file.ts';
import { measureFunctions } from './shape/measured-function.ts';

const source = readSourceFiles().filter(
  ({ room, isForTests }) => room !== undefined && !isForTests,
);
const functions = source
  .flatMap(measureFunctions)
  .toSorted((one, other) => one.lines - other.lines);
const files = source
  .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
  .toSorted((one, other) => one.lines - other.lines);
const arrows = roomArrows(source);

console.log(`functions  ${describe(functions)}`);
console.log(`files      ${describe(files)}`);
const long = functions.filter(({ lines }) => lines > 60).length;
console.log(`over 60    ${long} functions (${((100 * long) / functions.length).toFixed(1)} %)`);
console.log(`longest    ${functions.slice(-3).map(place).reverse().join(', ')}`);
console.log(`           ${files.slice(-3).map(place).reverse().join(', ')}`);
const count = [...arrows.values()].reduce((sum, doors) => sum + doors.size, 0);
console.log(`arrows     ${count} between ${arrows.size} rooms`);
for (const [room, doors] of arrows)
  console.log(`  ${room} → ${[...doors].join(', ') || 'nothing'}`);

function describe(sorted: readonly { readonly lines: number }[]): string {
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.lines ?? 0;
  return `${sorted.length}, lines: median ${at(0.5)}, p90 ${at(0.9)}, longest ${at(1)}`;
}

function place(item: { readonly path: string; readonly name?: string; readonly lines: number }) {
  return `${item.name ?? ''} ${item.path} (${item.lines})`.trim();
}
