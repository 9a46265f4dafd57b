import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderConfigurationTable } from '#platform/config';
import { renderOperations } from '../access/operations-page.ts';
import { withRenderedSection } from './rendered-section.ts';
import { renderRoomTable } from './room-table.ts';
import { projectFolder } from './source-file.ts';

interface RenderedPage {
  readonly path: string;
  /** What a page begins with that does not exist yet. */
  readonly title: string;
  readonly section: string;
  readonly render: () => string | Promise<string>;
}

const pages: readonly RenderedPage[] = [
  {
    path: 'docs/architecture.md',
    title: '# Architecture',
    section: 'rooms',
    render: renderRoomTable,
  },
  {
    path: 'docs/configuration.md',
    title: '# Configuration',
    section: 'settings',
    render: renderConfigurationTable,
  },
  {
    path: 'docs/api.md',
    title: '# API',
    section: 'operations',
    render: renderOperations,
  },
];

test.each(pages)('$path says what the code says (npm run golden rewrites it)', async (page) => {
  const path = join(projectFolder, page.path);
  const found = existsSync(path) ? await readFile(path, 'utf8') : `${page.title}\n`;
  const wanted = withRenderedSection(found, page.section, await page.render());
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(path, wanted);

  expect(await readFile(path, 'utf8')).toBe(wanted);
});
