import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Where tests find a PostgreSQL in which they may make databases of their own. */
export const postgresUrl = process.env['SLIPWAY_TEST_POSTGRES_URL'];

/** An empty database and what a server needs in its environment to use it; gone when disposed of. */
export async function openPostgresDatabase(url: string) {
  const name = `slipway_test_${randomBytes(8).toString('hex')}`;
  await administer(url, `create database ${name}`);
  const address = new URL(url);
  address.pathname = `/${name}`;
  return {
    environment: {
      SLIPWAY_DATABASE_URL: address.href,
      SLIPWAY_SECRET_KEY: randomBytes(32).toString('base64'),
    },
    [Symbol.asyncDispose]: () => administer(url, `drop database ${name} with (force)`),
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
