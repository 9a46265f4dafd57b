import { randomBytes } from 'node:crypto';

/** What the servers of one installation have in their environment to share a PostgreSQL. */
export function clusterEnvironment(databaseUrl: string) {
  return {
    SLIPWAY_DATABASE_URL: databaseUrl,
    SLIPWAY_SECRET_KEY: randomBytes(32).toString('base64'),
  };
}
