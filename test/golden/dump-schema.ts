import { type Database, type DialectName, statement } from '#platform/db';

/** The tables and indexes of a migrated database, as text that changes only when they do. */
export function dumpSchema(database: Database): Promise<string> {
  return dumps[database.dialect](database);
}

const dumps: Readonly<Record<DialectName, (database: Database) => Promise<string>>> = {
  sqlite: dumpSqlite,
  postgres: dumpPostgres,
};

const sqliteObjects = statement<[], { sql: string }>(
  `select sql from sqlite_master where sql is not null and name not like 'sqlite%'
   order by tbl_name, type desc, name`,
);

async function dumpSqlite(database: Database): Promise<string> {
  const rows = await database.read((tx) => tx.all(sqliteObjects));
  return rows.map(({ sql }) => `${sql.replaceAll(/\n\s*/g, '\n  ')};\n`).join('\n');
}

interface PostgresLine {
  readonly name: string;
  readonly line: string;
}

const postgresColumns = statement<[], PostgresLine>(
  `select c.table_name as name,
     concat_ws(' ', c.column_name, c.data_type, 'collate ' || c.collation_name,
       case when c.is_identity = 'YES' then 'identity ' || lower(c.identity_generation) end,
       case when c.is_nullable = 'NO' then 'not null' end, 'default ' || c.column_default) as line
   from information_schema.columns c where c.table_schema = 'public'
   order by c.table_name, c.ordinal_position`,
);
const postgresConstraints = statement<[], PostgresLine>(
  `select r.relname as name, pg_get_constraintdef(c.oid) as line
   from pg_constraint c join pg_class r on r.oid = c.conrelid
   where c.connamespace = 'public'::regnamespace and c.contype <> 'n'
   order by r.relname, c.contype, c.conname`,
);
const postgresIndexes = statement<[], PostgresLine>(
  `select i.tablename as name, i.indexdef as line from pg_indexes i
   where i.schemaname = 'public'
     and not exists (select from pg_constraint c where c.conname = i.indexname)
   order by i.tablename, i.indexname`,
);

async function dumpPostgres(database: Database): Promise<string> {
  const read = (query: typeof postgresColumns) => database.read((tx) => tx.all(query));
  const columns = Map.groupBy(await read(postgresColumns), (row) => row.name);
  const constraints = Map.groupBy(await read(postgresConstraints), (row) => row.name);
  const indexes = Map.groupBy(await read(postgresIndexes), (row) => row.name);
  const tables = [...columns].map(([name, own]) => {
    const lines = [...own, ...(constraints.get(name) ?? [])].map(({ line }) => `  ${line}`);
    const after = (indexes.get(name) ?? []).map(({ line }) => `${line};\n`);
    return [`create table ${name} (\n${lines.join(',\n')}\n);\n`, ...after].join('');
  });
  return tables.join('\n');
}
