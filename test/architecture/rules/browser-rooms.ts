import { isBuiltin } from 'node:module';
import { browserRooms } from '../rooms.ts';
import type { Rule } from '../rule.ts';

const serverPackages = ['undici', 'pino', 'pg', 'fastify'];

export const browsersCanLoadWhatIsTheirs: Rule = {
  name: 'rooms that a browser loads import nothing of Node’s',
  check: ({ room, imports, isForTests }) =>
    room === undefined || !browserRooms.has(room) || isForTests
      ? []
      : imports.filter(isForServers).map((name) => `${name} is not there in a browser`),
};

function isForServers(specifier: string): boolean {
  return (
    isBuiltin(specifier) ||
    serverPackages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
  );
}
