import type { RoomName } from '../../test/architecture/rooms.ts';
import { roomNames } from '../../test/architecture/rooms.ts';
import type { SourceFile } from '../../test/architecture/source-file.ts';

/** Which rooms each room comes into, by what its files import; tests are left out. */
export function roomArrows(
  files: readonly SourceFile[],
): ReadonlyMap<RoomName, ReadonlySet<RoomName>> {
  const arrows = new Map<RoomName, Set<RoomName>>();
  for (const { room, imports, isForTests } of files) {
    if (room === undefined || isForTests) continue;
    const known = arrows.get(room) ?? new Set();
    for (const specifier of imports) {
      const door = roomNames.find((name) => specifier === `#${name}`);
      if (door !== undefined && door !== room) known.add(door);
    }
    arrows.set(room, known);
  }
  return arrows;
}
