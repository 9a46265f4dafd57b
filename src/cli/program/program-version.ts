import { readFile } from 'node:fs/promises';

/** The version of the package that this program is part of. */
export async function programVersion(): Promise<string> {
  const manifest = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  return version;
}
