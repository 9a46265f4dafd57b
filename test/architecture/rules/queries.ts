import type { Rule } from '../rule.ts';
import type { SourceFile } from '../source-file.ts';
import { calledName, lineOf, nodesOf } from '../syntax.ts';

/** What queries begin with: hand-written ones, and Kysely's by way of a transaction's tables. */
const beginnings = ['statement', 'tables', 'selectFrom', 'insertInto', 'updateTable', 'deleteFrom'];

export const queriesStandInStores: Rule = {
  name: 'SQL stands in *-store.ts and migrations only',
  check(file) {
    if (file.room === undefined || file.isForTests || mayHoldQueries(file)) return [];
    return nodesOf(file.program, 'CallExpression')
      .filter((call) => beginnings.includes(calledName(call) ?? ''))
      .map((call) => {
        const line = lineOf(file.text, call);
        return `line ${line}: ${calledName(call)}(…) begins a query: move it into a *-store.ts`;
      });
  },
};

function mayHoldQueries({ path, room }: SourceFile): boolean {
  return room === 'platform/db' || /-(store|statement|migrations)\.ts$/.test(path);
}
