import type { DialectName } from './database.ts';

/**
 * One step of the schema, forward only. Rooms declare steps for their own tables; `app` puts them in
 * one order. Its name is for ever: `0001-registry`. Write plain SQL that both dialects take, with the
 * column types of `columnTypes` for what they spell differently.
 */
export interface Migration {
  readonly name: string;
  statements(types: ColumnTypes): readonly string[];
}

export interface ColumnTypes {
  /** 64-bit whole number: sizes, counts, instants in milliseconds, flags as 0 and 1. */
  readonly integer: string;
  /** Whole number that the database hands out, ascending, never twice: a primary key. */
  readonly serial: string;
  readonly text: string;
  readonly bytes: string;
  /** Text that compares byte by byte, as tags and digests sort. */
  readonly bytewiseText: string;
  /**
   * Behind the columns of a table that is little more than its primary key: kept in the key's order,
   * without a second tree beside it.
   */
  readonly clustered: string;
  /** Before the values of an insert that brings its own for a serial column. */
  readonly givenSerials: string;
  /** Lets a table's serial `id` go on after the largest one, once rows brought their own. */
  readonly continueSerial: (table: string) => readonly string[];
}

const columnTypesByDialect: Readonly<Record<DialectName, ColumnTypes>> = {
  sqlite: {
    integer: 'integer',
    serial: 'integer primary key autoincrement',
    text: 'text',
    bytes: 'blob',
    bytewiseText: 'text',
    clustered: 'without rowid',
    givenSerials: '',
    // `autoincrement` keeps count of what is inserted, whoever chose it.
    continueSerial: () => [],
  },
  postgres: {
    integer: 'bigint',
    serial: 'bigint generated always as identity primary key',
    text: 'text',
    bytes: 'bytea',
    bytewiseText: 'text collate "C"',
    clustered: '',
    givenSerials: 'overriding system value',
    continueSerial: (table) => [
      `select setval(pg_get_serial_sequence('${table}', 'id'),
         (select coalesce(max(id), 0) + 1 from ${table}), false)`,
    ],
  },
};

export function columnTypes(dialect: DialectName): ColumnTypes {
  return columnTypesByDialect[dialect];
}
