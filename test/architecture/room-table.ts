import { type RoomName, roomNames, rooms } from './rooms.ts';

const begin = '<!-- rooms: rendered from test/architecture/rooms.ts by `npm run golden` -->';
const end = '<!-- rooms end -->';

/** The table of rooms as Markdown, between the markers that it is found by. */
export function renderRoomTable(): string {
  const rows = roomNames.map(
    (name) =>
      `| \`${name}\` | ${rooms[name].purpose} | ${describeImports(rooms[name].mayImport)} |`,
  );
  return [begin, '| room | what for | may import |', '|---|---|---|', ...rows, end].join('\n');
}

/** The page with its table as it should be; a page without markers gets a section for it. */
export function withRoomTable(page: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n## Rooms\n\n${renderRoomTable()}\n`;
  return page.slice(0, from) + renderRoomTable() + page.slice(to + end.length);
}

/** All of platform's doors together are written as one. */
function describeImports(names: readonly RoomName[]): string {
  const platform = roomNames.filter((name) => name.startsWith('platform/'));
  const hasAll = platform.every((name) => names.includes(name));
  const others = names.filter((name) => !hasAll || !platform.includes(name));
  const shown = hasAll ? [...others, 'platform'] : others;
  return shown.length === 0 ? 'nothing' : shown.join(', ');
}
