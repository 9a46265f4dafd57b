import { type RoomName, roomNames } from './rooms.ts';
import type { SourceFile } from './source-file.ts';

/** Which rooms each room comes into, by what its files import; tests and what only they use is left out. */
export function roomArrows(
  files: readonly SourceFile[],
): ReadonlyMap<RoomName, ReadonlySet<RoomName>> {
  const arrows = new Map<RoomName, Set<RoomName>>(roomNames.map((name) => [name, new Set()]));
  for (const { room, imports, isForTests } of files) {
    if (room === undefined || isForTests) continue;
    for (const specifier of imports) {
      const door = roomNames.find((name) => specifier === `#${name}`);
      if (door !== undefined && door !== room) arrows.get(room)?.add(door);
    }
  }
  return arrows;
}
