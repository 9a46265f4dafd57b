import {
  type DialectName,
  type ReadTransaction,
  type SqlParameters,
  type SqlValue,
  type Statement,
  statement,
} from './database.ts';

type Reader = Pick<ReadTransaction, 'all' | 'dialect'>;

/**
 * A hand-written statement over a list: `text` gets the list's `?, ?, …`, which stand behind all
 * other parameters. Lists are padded to the next power of two with their last item, so that only
 * about ten texts exist and every one stays prepared.
 */
export function listStatement<const Leading extends SqlParameters, Row>(
  text: (marks: string, dialect: DialectName) => string,
): (tx: Reader, list: readonly SqlValue[], ...leading: Leading) => Promise<Row[]> {
  const prepared = new Map<string, Statement<SqlParameters, Row>>();
  return async (tx, list, ...leading) => {
    const last = list.at(-1);
    if (last === undefined) return [];
    const size = 2 ** Math.ceil(Math.log2(list.length));
    const name = `${tx.dialect} ${size}`;
    let found = prepared.get(name);
    if (found === undefined) {
      found = statement(text(Array(size).fill('?').join(', '), tx.dialect));
      prepared.set(name, found);
    }
    const padding = Array<SqlValue>(size - list.length).fill(last);
    return tx.all(found, ...leading, ...list, ...padding);
  };
}
