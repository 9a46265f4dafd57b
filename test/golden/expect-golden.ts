import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';

/** That a text is what the file says; `npm run golden` makes the file say it. */
export async function expectGolden(text: string, path: string): Promise<void> {
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(path, text);
  expect(text).toBe(await readFile(path, 'utf8'));
}
