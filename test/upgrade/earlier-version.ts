import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Database, type Migration, type SqlValue, statement } from '#platform/db';

/** What a server of version 0.1.0 left behind: see README.md. */
const folder = join(import.meta.dirname, '0.1.0');

export const kept = {
  password: 'correct horse battery',
  personalAccessToken: 'slip_pat_xMG9Nrs804xkLDCX0JDLW6GCwKWBhCYGo0lwd8SyK680j2x8m3',
  latest: 'sha256:a4e166507e73426452b42b61e01448406e73fed4ecb06c25847236fe0eaaf440',
  versionOne: 'sha256:a38de40386d7eabb473278c6935e118b33b91f3f52cc0e6185955262ac63d0d1',
} as const;

export async function unpackDataFolder(target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await promisify(execFile)('tar', ['-xzf', join(folder, 'data.tar.gz'), '-C', target]);
}

/** The steps of the schema that the version knew. */
export function stepsOfThen(migrations: readonly Migration[]): readonly Migration[] {
  return migrations.filter(({ name }) => name.startsWith('0001-'));
}

type Cell = SqlValue | { readonly base64: string };
type Row = Readonly<Record<string, Cell>>;

/** Fills a database that has the schema of then with the rows of then. */
export async function fillDatabase(database: Database): Promise<void> {
  const text = await readFile(join(folder, 'rows.json'), 'utf8');
  const tables = JSON.parse(text) as Readonly<Record<string, readonly Row[]>>;
  await database.transact(async (tx) => {
    await tx.run(statement('delete from namespace'));
    for (const [table, rows] of Object.entries(tables)) {
      for (const row of rows) {
        const names = Object.keys(row);
        const marks = names.map(() => '?').join(', ');
        const override = tx.dialect === 'postgres' ? 'overriding system value' : '';
        const insert = `insert into ${table} (${names.join(', ')}) ${override} values (${marks})`;
        await tx.run(statement<SqlValue[]>(insert), ...Object.values(row).map(toSqlValue));
      }
      if (tx.dialect === 'postgres' && rows[0] !== undefined && typeof rows[0]['id'] === 'number') {
        await tx.all(
          statement(
            `select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`,
          ),
        );
      }
    }
  });
}

function toSqlValue(cell: Cell): SqlValue {
  const isBytes = typeof cell === 'object' && cell !== null && 'base64' in cell;
  return isBytes ? Buffer.from(cell.base64, 'base64') : cell;
}
