import { startTestServer } from '#app/testing';
import { readOperations } from './described-operations.ts';

/** The operations of the API as a table for people, as a server describes them itself. */
export async function renderOperations(): Promise<string> {
  await using server = await startTestServer();
  const operations = await readOperations(server.url);
  const tags = new Set(operations.flatMap((operation) => operation.tags));
  return [...tags].map((tag) => renderGroup(tag, operations)).join('\n\n');
}

function renderGroup(tag: string, operations: Awaited<ReturnType<typeof readOperations>>): string {
  const rows = operations
    .filter(({ tags }) => tags.includes(tag))
    .map(
      ({ method, path, summary, access }) =>
        `| \`${method} ${path}\` | ${summary.replaceAll('|', '\\|')} | ${access} |`,
    );
  return [
    `### ${tag}`,
    '',
    '| operation | what it does | who may call it |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}
