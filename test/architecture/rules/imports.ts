import { posix } from 'node:path';
import { packageOwners, type RoomName, roomNames, rooms } from '../rooms.ts';
import type { Rule } from '../rule.ts';
import type { SourceFile } from '../source-file.ts';

export const importsFollowTheTable: Rule = {
  name: 'rooms import only whom the table lets them import',
  check(file) {
    const { room } = file;
    if (room === undefined || file.isForTests) return [];
    return doorsOf(file)
      .filter(({ door }) => door !== room && !rooms[room].mayImport.includes(door))
      .map(({ door }) => `${room} may not import #${door}: see test/architecture/rooms.ts`);
  },
};

export const relativeImportsStayInside: Rule = {
  name: 'relative imports stay in their room',
  check: ({ path, room, imports }) =>
    imports
      .filter((specifier) => specifier.startsWith('.') && leaves(path, room, specifier))
      .map((specifier) => `${specifier} leaves the room: come in through its door, #room`),
};

export const roomsUseTheirOwnFilesRelatively: Rule = {
  name: 'a room does not come in through its own door',
  check: (file) =>
    doorsOf(file)
      .filter(({ door, specifier }) => door === file.room && specifier === `#${door}`)
      .map(({ specifier }) => `${specifier} is this room itself: import the file, relatively`),
};

export const testingDoorsAreForTests: Rule = {
  name: 'doors for tests are for tests only',
  check: ({ imports, isForTests }) =>
    isForTests
      ? []
      : imports
          .filter((specifier) => /^#.*\/testing$|\/testing\/|-contract\.ts$/.test(specifier))
          .map((specifier) => `${specifier} is for tests only`),
};

export const packagesHaveOwners: Rule = {
  name: 'foreign packages stay in the rooms they belong to',
  check: ({ room, imports, isForTests }) =>
    room === undefined || isForTests
      ? []
      : imports.flatMap((specifier) => {
          const owners = packageOwners[specifier];
          if (owners === undefined || owners.includes(room)) return [];
          return [`${specifier} belongs to ${owners.join(', ')}`];
        }),
};

interface Door {
  readonly door: RoomName;
  readonly specifier: string;
}

function doorsOf({ imports }: SourceFile): readonly Door[] {
  return imports.flatMap((specifier) => {
    const door = roomNames.find(
      (name) => specifier === `#${name}` || specifier.startsWith(`#${name}/`),
    );
    return door === undefined ? [] : [{ door, specifier }];
  });
}

function leaves(path: string, room: RoomName | undefined, specifier: string): boolean {
  const target = posix.join(posix.dirname(path), specifier);
  return room === undefined ? target.startsWith('src/') : !target.startsWith(`src/${room}/`);
}
