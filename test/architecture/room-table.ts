import { type RoomName, roomNames, rooms } from './rooms.ts';

/** The table of rooms as Markdown. */
export function renderRoomTable(): string {
  const rows = roomNames.map(
    (name) =>
      `| \`${name}\` | ${rooms[name].purpose} | ${describeImports(rooms[name].mayImport)} |`,
  );
  return ['| room | what for | may import |', '|---|---|---|', ...rows].join('\n');
}

/** All of platform's doors together are written as one. */
function describeImports(names: readonly RoomName[]): string {
  const platform = roomNames.filter((name) => name.startsWith('platform/'));
  const hasAll = platform.every((name) => names.includes(name));
  const others = names.filter((name) => !hasAll || !platform.includes(name));
  const shown = hasAll ? [...others, 'platform'] : others;
  return shown.length === 0 ? 'nothing' : shown.join(', ');
}
