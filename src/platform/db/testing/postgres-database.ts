import pg from 'pg';

/** Where tests find a PostgreSQL in which they may make databases of their own. */
export const postgresUrl = process.env['SLIPWAY_TEST_POSTGRES_URL'];

export interface PostgresDatabase extends AsyncDisposable {
  readonly url: string;
}

/** An empty database, gone when it is disposed of. */
export async function makePostgresDatabase(): Promise<PostgresDatabase> {
  if (postgresUrl === undefined) throw new Error('SLIPWAY_TEST_POSTGRES_URL names no server');
  const server = postgresUrl;
  const name = `slipway_test_${crypto.randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => administer(server, `drop database ${name} with (force)`),
  };
}

async function administer(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
