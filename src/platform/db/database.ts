import type { Kysely } from 'kysely';
import type { Clock } from '#kernel';
import type { Logger } from '#platform/telemetry';

export type DialectName = 'sqlite' | 'postgres';

/**
 * The truth, in SQLite or PostgreSQL. Rooms keep their tables' types to themselves and name them
 * when they query: `tx.tables<RegistryTables>().selectFrom('tag')`.
 */
export interface Database extends AsyncDisposable {
  readonly dialect: DialectName;

  /**
   * Runs queries that change nothing. Each statement sees what was committed when it began; several
   * statements may see different states. Throws `DATABASE_UNAVAILABLE`.
   */
  read<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result>;

  /**
   * Runs `work` as one transaction and resolves once its commit is durable: it survives a power cut.
   * `work` awaits nothing but its own queries, takes 20 ms at most, and may be run again after a
   * serialization failure, so it has no other effects; those go to `tx.afterCommit`.
   * Writers of one SQLite file run one after the other.
   *
   * When it rejects, nothing of the transaction was kept: `work` threw, or the database was full
   * (`DATABASE_FULL`), away or too busy (`DATABASE_UNAVAILABLE`), or a
   * text has a NUL (`TEXT_UNSTORABLE`). One rejection says less: with
   * `COMMIT_UNKNOWN` (`isCommitUnknown`) the commit was begun and its end never heard of, and the
   * transaction may have been kept or not, now or after a restart. Then undo nothing that it refers to.
   */
  transact<Result>(work: (tx: WriteTransaction) => Promise<Result>): Promise<Result>;

  /**
   * Opens a channel between the servers that use this database; resolves once it hears them. On SQLite
   * there is one server, and nothing is ever received. Throws when the database can't be reached.
   */
  openChannel(options: ChannelOptions): Promise<Channel>;
}

export interface ChannelOptions {
  /** What both ends call it: lower-case letters and `_`. */
  readonly name: string;
  /** Called with each message of any server, this one included. */
  readonly receive: (message: string) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Carries short texts between servers. Messages are lost while the database can't be reached; the
 * channel comes back by itself.
 */
export interface Channel extends AsyncDisposable {
  /** Sends a text of 7,999 bytes at most. Resolves when it was given over, or is lost. Never rejects. */
  send(message: string): Promise<void>;
}

/** Queries of any room's tables, by the room's own table types. */
export interface ReadTransaction {
  readonly dialect: DialectName;
  tables<Tables>(): Pick<Kysely<Tables>, 'selectFrom' | 'with' | 'fn' | 'selectNoFrom'>;

  /** The rows of a hand-written statement (see `statement`): for the hottest paths. */
  all<Parameters extends SqlParameters, Row>(
    statement: Statement<Parameters, Row>,
    ...parameters: Parameters
  ): Promise<Row[]>;
  /** Its first row, if there is one. */
  first<Parameters extends SqlParameters, Row>(
    statement: Statement<Parameters, Row>,
    ...parameters: Parameters
  ): Promise<Row | undefined>;
}

declare const writing: unique symbol;

export interface WriteTransaction extends Omit<ReadTransaction, 'tables'> {
  readonly [writing]: true;
  tables<Tables>(): Kysely<Tables>;

  /** Runs a hand-written statement and gives how many rows it changed. */
  run<Parameters extends SqlParameters>(
    statement: Statement<Parameters, unknown>,
    ...parameters: Parameters
  ): Promise<number>;

  /** Runs the callback after the commit is durable; never when the transaction rejects. */
  afterCommit(callback: () => void): void;
}

export type SqlValue = string | number | Uint8Array | null;
export type SqlParameters = readonly SqlValue[];

declare const shape: unique symbol;

/** A hand-written statement, with `?` for its parameters in both dialects. */
export interface Statement<Parameters extends SqlParameters, Row> {
  readonly text: string;
  readonly [shape]?: (parameters: Parameters) => Row;
}

/**
 * Declares a hand-written statement: `statement<[id: string], { name: string }>('select …')`.
 * Made once per module; SQLite keeps it prepared.
 */
export function statement<const Parameters extends SqlParameters, Row = unknown>(
  text: string,
): Statement<Parameters, Row> {
  return { text };
}
