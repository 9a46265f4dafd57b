import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { debianPackages } from './debian-packages.ts';

/** The folder of the newest `initdb` and `postgres` here: Debian keeps them out of `PATH`. */
export function postgresPrograms(): string | undefined {
  const packaged = globSync('/usr/lib/postgresql/*/bin/initdb').sort(
    (one, other) => versionOf(other) - versionOf(one),
  );
  const inPath = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'initdb'));
  const found = [...packaged, ...inPath].find((program) => existsSync(program));
  return found === undefined ? undefined : dirname(found);
}

function versionOf(program: string): number {
  return Number(/postgresql\/(\d+)/.exec(program)?.[1] ?? 0);
}

export const postgresql = debianPackages({
  name: 'PostgreSQL',
  packages: ['postgresql'],
  isPresent: async () => postgresPrograms() !== undefined,
});
